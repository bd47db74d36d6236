/**
 * Python bytecode (.pyc, __pycache__, `.opt-1` and `.opt-2`), the code objects of CPython 3.7 to 3.15. Names of parts:
 *
 * - `header magic` (such as `3495 (Python 3.11)`), `header flags`, `header source` (its time and size, or its hash)
 * - `co_filename`: the path of the source that the code objects name, where it differs alike in all
 * - `code <qualified name>`: added or removed; `code f docstring`, `code f assertions` (how many), `code f
 *   co_consts[3]` (`reordered`: a set with the same members), `code f co_names`, `code f co_code`, `code f
 *   co_linetable`, `code f co_firstlineno` and so on: by the names of CPython; the module is `<module>`
 * - `marshal form`: how values are written: which refer to earlier ones, which are marked to be referred to
 * - `code`: all of it, where it is of another Python, or cannot be read
 * - `unnamed bytes`: behind the code
 */
import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, hex, MalformedBinary, unlessMalformed } from '../binary/binary-reader.ts';
import { ForwardReader } from '../binary/forward-reader.ts';
import { Interner } from '../interner.ts';
import { unnamedBytes } from '../binary/region.ts';
import { showDifferences, showSize } from '../binary/show-bytes.ts';
import type { Inspection, Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';
import { codeObjects, type NamedCode } from './python/code-objects.ts';
import { diffCodeObjects } from './python/diff-code.ts';
import { MarshalReader } from './python/marshal.ts';
import { pythonVersion, type PythonVersion } from './python/version.ts';

interface Header extends PythonVersion {
  readonly magic: string;
  readonly flags: string;
  readonly source: string;
}

/** Magic, since 3.7 flags, then time and (since 3.3) size of the source, or its hash. PEP 552. @throws MalformedBinary */
function readHeader(reader: BinaryReader): Header {
  const magic = reader.u16(0);
  if (reader.u16(2) !== 0x0a0d) throw new MalformedBinary('no Python bytecode');
  const version = pythonVersion(magic);
  const { minor, headerBytes } = version;
  if (reader.size < headerBytes) throw new MalformedBinary('no header');
  const flags = headerBytes === 16 ? reader.u32(4) : 0;
  const time = new Date(reader.u32(headerBytes === 16 ? 8 : 4) * 1000).toISOString();
  const size = headerBytes === 8 ? '' : `, ${reader.u32(headerBytes - 4)} bytes`;
  return {
    ...version,
    magic: minor === undefined ? String(magic) : `${magic} (Python 3.${minor})`,
    flags: hex(flags),
    source: (flags & 1) === 1 ? `hash ${Buffer.from(reader.slice(8, 8)).toString('hex')}` : `${time}${size}`,
  };
}

const places = { magic: 0, flags: 4, source: 8 } as const;

interface Code {
  readonly objects: readonly NamedCode[];
  /** Where the code ends. */
  readonly end: number;
}

function readCode(
  reader: BinaryReader,
  { headerBytes }: Header,
  minor: number,
  interner: Interner,
  work: Work,
): Code | undefined {
  return unlessMalformed(() => {
    const input = new ForwardReader(reader, headerBytes);
    const root = new MarshalReader(input, minor, interner, work).read();
    return root.kind === 'code' ? { objects: codeObjects(root, reader), end: input.at } : undefined;
  });
}

function diffCode(
  readers: readonly [BinaryReader, BinaryReader],
  headers: readonly [Header, Header],
  work: Work,
): Inspection {
  const placed = readers.map(({ bytes }, side) => {
    const start = headers[side === 0 ? 0 : 1].headerBytes;
    return { bytes: bytes.subarray(start), start };
  });
  const [placedA, placedB] = placed;
  if (placedA === undefined || placedB === undefined || Buffer.compare(placedA.bytes, placedB.bytes) === 0)
    return { parts: [], complete: true };
  const { minor } = headers[0];
  if (minor !== undefined && minor === headers[1].minor) {
    const interner = new Interner();
    const codeA = readCode(readers[0], headers[0], minor, interner, work);
    const codeB = readCode(readers[1], headers[1], minor, interner, work);
    if (codeA !== undefined && codeB !== undefined) {
      const parts = diffCodeObjects(codeA.objects, codeB.objects, minor);
      const rest = [readers[0].bytes.subarray(codeA.end), readers[1].bytes.subarray(codeB.end)] as const;
      if (Buffer.compare(...rest) === 0) return { parts, complete: parts.length > 0 };
      const [a, b] = [showSize(rest[0]), showSize(rest[1])];
      return {
        parts: [...parts, { kind: 'changed', name: unnamedBytes, a, b, offset: codeA.end }],
        complete: false,
      };
    }
  }
  return { parts: showDifferences('code', placedA, placedB), complete: true };
}

export const pythonBytecode: Inspector = {
  id: 'python-bytecode',
  title: 'Python bytecode: header, code objects with their constants, names, file name, lines',
  recognises: (name, head) => (name === '' || name.endsWith('.pyc')) && head[2] === 0x0d && head[3] === 0x0a,
  inspect(a, b, work) {
    work.spend(a.byteLength + b.byteLength);
    return unlessMalformed(() => {
      const [readerA, readerB] = [new BinaryReader(a, true), new BinaryReader(b, true)];
      const [headerA, headerB] = [readHeader(readerA), readHeader(readerB)];
      const parts: Part[] = [];
      for (const field of ['magic', 'flags', 'source'] as const) {
        if (headerA[field] === headerB[field]) continue;
        const [one, other] = [headerA[field], headerB[field]];
        parts.push({ kind: 'changed', name: `header ${field}`, a: one, b: other, offset: places[field] });
      }
      const code = diffCode([readerA, readerB], [headerA, headerB], work);
      return { parts: [...parts, ...code.parts], complete: code.complete };
    });
  },
};
