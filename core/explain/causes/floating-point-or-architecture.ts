import type { ContentView } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { goSettings } from '../go-settings.ts';
import { machineOf } from '../machine-of.ts';
import { ownLines } from '../own-lines.ts';
import { stringsAt } from '../strings-at.ts';
import { differingTokens, type TokenPair } from '../tokens.ts';

type Found = Omit<Evidence, 'delta'>;

const number = /(?<![\w.])-?\d{1,20}\.\d{5,20}(?:[eE][+-]?\d{1,3})?(?![\w.])/g;
/** About what is lost where single precision, or the order of a sum, differs. */
const relativeMax = 1e-6;

function lastDigits({ a, b }: TokenPair): boolean {
  const [one, other] = [Number(a), Number(b)];
  const size = Math.max(Math.abs(one), Math.abs(other));
  // Seconds since 1970 with a fraction are two times, not one number.
  if (size >= 1e9 && size < 3e9) return false;
  return Math.sign(one) === Math.sign(other) && Math.abs(one - other) <= size * relativeMax;
}

function numbers(view: ContentView): Found[] {
  if (view.text === undefined) return [];
  const pairs = differingTokens(view, number);
  return pairs.length > 0 && pairs.every(lastDigits) ? pairs : [];
}

function machines({ a, b }: ContentView): Found[] {
  if (a.start !== 0 || b.start !== 0) return [];
  const [one, other] = [machineOf(a.bytes), machineOf(b.bytes)];
  return one === undefined || other === undefined || one === other ? [] : [{ offset: 0, a: one, b: other }];
}

/** What WHEEL, debian/control and the compiler's command line in DWARF say of the machine. */
const said = /^(?:Tag: [\w.]{1,80}-[\w.]{1,80}-|Architecture: |\s{0,4}"cpu": )(?<machine>.{1,100})$/;
/** The processor at the end of a tag of a wheel. */
const machineName =
  /(?:x86_64|amd64|aarch64|arm64|i[3-6]86|armv\dl|ppc64(?:le)?|s390x|riscv64|universal2|win32)$/;
const option = /-m(?:arch|tune|cpu|fpu|float-abi)=[\w.+-]{1,60}/g;

function tags(view: ContentView): Found[] {
  const own = ownLines(view);
  if (own === undefined) return [];
  const pick = (lines: typeof own.a) => lines.find(({ text }) => said.test(text));
  const [one, other] = [pick(own.a), pick(own.b)];
  if (one === undefined || other === undefined) return [];
  // Another manylinux, or another version of Python, is no other machine.
  const machine = (text: string) => machineName.exec(said.exec(text)?.groups?.['machine'] ?? '')?.[0];
  const [ofA, ofB] = [machine(one.text), machine(other.text)];
  if (ofA !== undefined && ofA === ofB) return [];
  return [{ offset: one.offset, a: one.text, b: other.text }];
}

function options(view: ContentView): Found[] {
  if (view.text !== undefined) return [];
  const pick = (window: ContentView['a']) => {
    const [string] = stringsAt(window, ['GNU C']);
    return string && { offset: string.offset, text: (string.text.match(option) ?? []).join(' ') };
  };
  const [one, other] = [pick(view.a), pick(view.b)];
  if (one === undefined || other === undefined || one.text === other.text) return [];
  return [{ offset: one.offset, a: one.text, b: other.text }];
}

const goMachine = /^Go build setting GO(?:ARCH|OS|AMD64|ARM|ARM64|386|PPC64|MIPS|MIPS64|RISCV64)$/;

export const floatingPointOrArchitecture: Explainer = {
  meta: {
    id: 'floating-point-or-architecture',
    title: 'Built on or for another processor, or numbers that were rounded otherwise',
    remedy:
      'Build on the same architecture and without -march=native or -ffast-math; write numbers with fewer digits than they are computed with.',
    looksLike:
      'data/table.json  offset 18\n  a: 0.30000000000000004\n  b: 0.30000000000000009\nusr/lib/libx.so\n  a: ELF for x86-64, 64 bits, little endian\n  b: ELF for AArch64, 64 bits, little endian',
    why: 'The last digits of a floating-point result depend on the processor, the mathematical library and the order in which threads add; -march=native makes code for the processor at hand.',
    fixes: {
      gcc: '`-march=x86-64-v2`, said explicitly, and `-ffp-contract=off`',
      rustc: '`-C target-cpu=x86-64`, never `native`',
      go: 'GOARCH and GOAMD64=v1',
      'Python, NumPy': 'OMP_NUM_THREADS=1, and round before writing: `f"{x:.6g}"`',
      Docker: '`--platform linux/amd64`',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    for (const { delta, view } of contentViews(facts)) {
      const direct = [...machines(view), ...tags(view), ...options(view), ...goSettings(view, goMachine)];
      likely ||= direct.length > 0;
      evidence.push(...[...direct, ...numbers(view)].map((found) => ({ delta, ...found })));
    }
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
