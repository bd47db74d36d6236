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
  'Linker: LLD ',
  'GNU AS ',
  'GNU C',
  ' Go buildinf:',
];

function named(view: ContentView): OtherVersion[] {
  if (view.text !== undefined) return [];
  const [a, b] = [stringsAt(view.a, markers), stringsAt(view.b, markers)];
  const own = (all: typeof a, others: typeof a) => {
    const texts = new Set(others.map(({ text }) => text));
    return all.filter(({ text }) => !texts.has(text));
  };
  return otherVersions(own(a, b), own(b, a), 'compiler');
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
    needs: ['content'],
    proposes: ['tool'],
  },
  'compiler',
  named,
);
