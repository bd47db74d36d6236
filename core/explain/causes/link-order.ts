import type { Inspected } from '#core/inspect/inspect.ts';
import type { Part } from '#schemas/comparison.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Tables of names, and what compilers list one by one. */
const table =
  /^(?:section \.(?:strtab|dynstr|symtab|dynsym)|symbols?\b|order$|methods?\b|fields?\b|section (?:function|export|code)\b)/;
const member = /^(?:symbol|method|field) /;
const formats = new Set(['elf', 'mach-o', 'pe', 'wasm', 'java-class']);

/** `557 bytes, of which …`: how large a section is, where the two are not of one size. */
function sizeOf(value: string | null | undefined): number | undefined {
  const size = /^(\d{1,12}) bytes/.exec(value ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}

/** Whether there is more code on one side than gaps between functions account for. */
function isOtherCode({ name, a, b }: Part): boolean {
  const [one, other] = [sizeOf(a), sizeOf(b)];
  if (!name.startsWith('section .text') || one === undefined || other === undefined) return false;
  return Math.abs(one - other) * 16 > Math.max(one, other);
}

/** The names that only one side has say that it is not the order alone, and so does more code. */
function onlyOrder({ format, parts }: Inspected): Part | undefined {
  if (!formats.has(format)) return undefined;
  if (parts.some(({ kind, name }) => (kind === 'added' || kind === 'removed') && member.test(name)))
    return undefined;
  if (parts.some(isOtherCode)) return undefined;
  // Sections that only one side has move the others.
  const sections = parts.some(
    ({ kind, name }) => (kind === 'added' || kind === 'removed') && name.startsWith('section '),
  );
  return parts.find(
    ({ kind, name }) => !(sections && name === 'order') && kind === 'reordered' && table.test(name),
  );
}

export const linkOrder: Explainer = {
  meta: {
    id: 'link-order',
    title: 'The same functions stand in another order, as the files were given to the linker or compiler',
    remedy:
      'Give the files in a fixed order: sort what a wildcard or a listing of a folder yields, independent of the locale.',
    looksLike: 'usr/lib/libx.so  section .strtab\n  reordered',
    why: 'Linkers put code in the order of the files on their command line; a wildcard of make before 4.3, find or os.listdir gives them in the order of the file system.',
    fixes: {
      make: '`$(sort $(wildcard *.c))`',
      CMake: 'the files listed, or `list(SORT sources)` after file(GLOB)',
      setuptools: '`sources=sorted(glob("src/*.c"))`',
      javac: 'files sorted: `find . -name "*.java" | LC_ALL=C sort`',
      rustc: '`codegen-units = 1` in the profile',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      const part = view.inside === undefined ? undefined : onlyOrder(view.inside);
      if (part !== undefined) {
        evidence.push({
          delta,
          offset: part.offset,
          a: part.a ?? part.name,
          b: part.b ?? 'in another order',
        });
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
