import type { ContentView } from '#core/compare/content-view.ts';
import { stringsAt } from '../strings-at.ts';
import { otherVersions, toolExplainer, type OtherVersion } from '../tool-mentions.ts';

/**
 * What the strings begin with in which compilers and linkers name themselves: ELF's `.comment`, DWARF's
 * DW_AT_producer, WebAssembly's `producers`, Go's build information.
 */
const markers = [
  'GCC: (',
  'clang version ',
  'rustc version ',
  // in the metadata of a library: rustc 1.95.0 (59807616e 2026-04-14)
  'rustc 1.',
  'Linker: LLD ',
  'GNU AS ',
  'GNU C',
  ' Go buildinf:',
];

/** Parts in which compilers and linkers are named: WebAssembly's, Mach-O's, PE's. */
const toolPart =
  /^(?:custom section producers|load command LC_BUILD_VERSION.*|Rich header|optional header M(?:aj|in)orLinkerVersion)$/;

/** What stands in a part that differs, whether or not it is of a tool that recipes know. */
function inParts({ inside }: ContentView): OtherVersion[] {
  const parts = inside?.parts.filter(({ name }) => toolPart.test(name)) ?? [];
  return parts.flatMap(({ name, a, b, offset = 0 }) => {
    if (typeof a !== 'string' || typeof b !== 'string') return [];
    const known = otherVersions([{ text: a, offset }], [{ text: b, offset }], 'compiler');
    if (known.length > 0) return known;
    return [
      { tool: undefined, versions: [a, b], evidence: { offset, a: `${name}: ${a}`, b: `${name}: ${b}` } },
    ];
  });
}

function named(view: ContentView): OtherVersion[] {
  if (view.text !== undefined) return [];
  const [a, b] = [stringsAt(view.a, markers), stringsAt(view.b, markers)];
  const own = (all: typeof a, others: typeof a) => {
    const texts = new Set(others.map(({ text }) => text));
    return all.filter(({ text }) => !texts.has(text));
  };
  const inStrings = otherVersions(own(a, b), own(b, a), 'compiler');
  return inStrings.length > 0 ? inStrings : inParts(view);
}

export const compilerVersion = toolExplainer(
  {
    id: 'compiler-version',
    title: 'Another compiler or another version of it was used',
    remedy:
      'Build with the compiler that the other side names, from an image or a lock of tools that is pinned; another version makes other machine code, which no flag undoes.',
    looksLike:
      'usr/lib/libx.so  offset 12430\n  a: GCC: (Debian 12.2.0-14) 12.2.0\n  b: GCC: (Debian 13.2.0-25) 13.2.0',
    why: 'Compilers write their name and version into what they make, and each version chooses other instructions.',
    fixes: {
      gcc: 'an image pinned by digest with one gcc; `-fno-ident` leaves the name out of `.comment`, but not the code that differs',
      rustc: '`rust-toolchain.toml` with `channel = "1.95.0"`',
      go: 'a line `toolchain go1.26.8` in go.mod, and GOTOOLCHAIN=go1.26.8',
      CMake: '`CMAKE_C_COMPILER` in a preset, in a container pinned by digest',
    },
    stands: 'origin',
    needs: ['content'],
    proposes: ['tool'],
  },
  'compiler',
  named,
);
