import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { BinaryReader } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';
import { showDifferences } from '../../binary/show-bytes.ts';
import { stringsLook } from '../../binary/strings.ts';
import { WorkSpent, type Work } from '../../work.ts';
import type { ElfKind } from './header.ts';

const decodedMax = 16 * 1024 ** 2;

/** The bytes behind a compression header. System V ABI, "Section Compression". */
function decode(bytes: Uint8Array, kind: ElfKind, work: Work): Uint8Array | undefined {
  const headerSize = kind.wide ? 24 : 12;
  if (bytes.byteLength < headerSize) return undefined;
  const method = new BinaryReader(bytes, kind.littleEndian).u32(0);
  const decompress = method === 1 ? inflateSync : method === 2 ? zstdDecompressSync : undefined;
  if (decompress === undefined) return undefined;
  try {
    const decoded = decompress(bytes.subarray(headerSize), { maxOutputLength: decodedMax });
    work.spend(decoded.byteLength);
    return decoded;
  } catch (error) {
    // Not what it says, or too large: then its compressed bytes are shown.
    if (error instanceof WorkSpent) throw error;
    return undefined;
  }
}

/** A compressed section by what it holds. Places in it are those of the section, as no byte of the file is theirs. */
export function compressedLook(kind: ElfKind, work: Work): Look {
  return (name, a, b) => {
    const [decodedA, decodedB] = [decode(a.bytes, kind, work), decode(b.bytes, kind, work)];
    if (decodedA === undefined || decodedB === undefined) return undefined;
    const [sideA, sideB] = [
      { bytes: decodedA, start: 0 },
      { bytes: decodedB, start: 0 },
    ];
    const look = /^section \.debug_(?:line_)?str$/.test(name) ? stringsLook : undefined;
    const parts = look?.(name, sideA, sideB) ?? showDifferences(name, sideA, sideB);
    return parts.map((part) => ({ ...part, offset: a.start }));
  };
}
