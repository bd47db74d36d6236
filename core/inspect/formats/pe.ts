/**
 * PE: Windows programs and libraries (.exe, .dll, .pyd, .NET assemblies), and COFF object files. Names of parts:
 *
 * - `header TimeDateStamp`, `header Machine` and so on; `optional header CheckSum`, `optional header MajorLinkerVersion`
 *   and so on: by the names of the specification; `DOS header`, `DOS stub`, `PE signature`
 * - `section header .text SizeOfRawData` and so on; `section .text`, `relocations .text`
 * - `debug directory CodeView TimeDateStamp` and so on (also POGO, reproducible hash, embedded PDB); `debug CodeView
 *   GUID`, `debug CodeView path` (of the PDB), `debug POGO`, `debug reproducible hash`
 * - `export directory TimeDateStamp`, `resource directory TimeDateStamp`
 * - `Rich header`: which tools made it
 * - `metadata stream #GUID` (the module's version identifier), `metadata stream #Strings`, `metadata stream #~`: .NET
 * - `certificate table`: an Authenticode signature
 * - `symbol table`, `string table`; `symbol main`, `import KERNEL32.dll!ExitProcess`, `export run`: added or removed
 * - `Go build setting -trimpath` and so on, as in ELF
 * - `order`, `overlapping regions`, `unnamed bytes` (an overlay, such as an archive behind a launcher)
 */
import type { Part } from '#schemas/comparison.ts';
import { unlessMalformed } from '../binary/binary-reader.ts';
import { diffNames } from '../binary/diff-names.ts';
import { diffRegions } from '../binary/diff-regions.ts';
import { goBuildParts } from '../binary/go-build-info.ts';
import type { Region } from '../binary/region.ts';
import type { Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';
import { detailRegions } from './pe/details.ts';
import { mainRegions, readImage, type Image } from './pe/image.ts';
import { looksOf } from './pe/looks.ts';
import { readExports, readImports, readSymbolNames } from './pe/names.ts';

interface Pe {
  readonly bytes: Uint8Array;
  readonly image: Image;
  readonly regions: readonly Region[];
}

function read(bytes: Uint8Array, work: Work): Pe | undefined {
  return unlessMalformed(() => {
    const image = readImage(bytes, work);
    const regions = mainRegions(image);
    if (regions.some(({ start, end }) => start > end || end > bytes.byteLength)) return undefined;
    return { bytes, image, regions: [...regions, ...detailRegions(image)] };
  });
}

function nameParts(a: Image, b: Image, work: Work): Part[] {
  const readers = { import: readImports, export: readExports, symbol: readSymbolNames };
  return Object.entries(readers).flatMap(([prefix, readNames]) => {
    const [namesA, namesB] = [a, b].map((image) => unlessMalformed(() => readNames(image, work)));
    return namesA === undefined || namesB === undefined ? [] : diffNames(prefix, namesA, namesB);
  });
}

/** x86, ARM, x86-64, ARM64: as an object file has no magic number but its machine. */
const machines = new Set([0x14c, 0x1c4, 0x8664, 0xaa64]);
const objectName = /\.(?:obj|o)$/i;

export const pe: Inspector = {
  id: 'pe',
  title: 'PE and COFF: header fields, sections, debug directory, imports, exports, .NET streams, signature',
  recognises: (name, head) => {
    const start = (head[0] ?? 0) + (head[1] ?? 0) * 256;
    return start === 0x5a4d || (objectName.test(name) && machines.has(start));
  },
  inspect(a, b, work) {
    const [one, other] = [read(a, work), read(b, work)];
    if (one === undefined || other === undefined) return undefined;
    const looks = looksOf(one.image.optional.wide);
    if (one.image.optional.wide !== other.image.optional.wide) delete looks['optional header'];
    const { parts, complete } = diffRegions(one, other, looks, work);
    return {
      parts: [...parts, ...goBuildParts(a, b, work), ...nameParts(one.image, other.image, work)],
      complete,
    };
  },
};
