import { unlessMalformed } from '../../binary/binary-reader.ts';
import type { Region } from '../../binary/region.ts';
import { directory } from './headers.ts';
import { directoryOf, placeOf, type Image } from './image.ts';

const debugBytes = 28;
const debugMax = 64;
const streamsMax = 16;
const debugTypes: Readonly<Record<number, string>> = {
  2: 'CodeView',
  4: 'Misc',
  12: 'VC feature',
  13: 'POGO',
  14: 'ILTCG',
  16: 'reproducible hash',
  17: 'embedded PDB',
  19: 'PDB checksum',
  20: 'DLL characteristics',
};

function detail(name: string, start: number, size: number, type = name): Region {
  return { name, start, end: start + size, type, detail: true };
}

/** Microsoft's linker notes which tools made the objects: encrypted, between `DanS` and `Rich`. */
function richHeader({ reader, coff }: Image): Region[] {
  const stub = Buffer.from(reader.slice(0, Math.max(coff, 0)));
  const end = stub.lastIndexOf('Rich', undefined, 'latin1');
  if (end < 64 || end + 8 > stub.byteLength) return [];
  const key = stub.readUInt32LE(end + 4);
  for (let at = end - 4; at >= 64; at -= 4) {
    if ((stub.readUInt32LE(at) ^ key) >>> 0 === 0x536e6144) return [detail('Rich header', at, end + 8 - at)];
  }
  return [];
}

function debugRegions(image: Image): Region[] {
  const { address, size } = directoryOf(image, directory.debug);
  const place = placeOf(image, address);
  if (place === undefined || size === 0) return [];
  const { reader } = image;
  const count = Math.min(Math.floor(size / debugBytes), debugMax);
  return Array.from({ length: count }, (_, index) => place + index * debugBytes).flatMap((at) => {
    const type = reader.u32(at + 12);
    const name = debugTypes[type] ?? `type ${type}`;
    const [bytes, offset] = [reader.u32(at + 16), reader.u32(at + 24)];
    const entry = detail(`debug directory ${name}`, at, debugBytes, 'debug directory');
    return offset === 0 || bytes === 0 ? [entry] : [entry, detail(`debug ${name}`, offset, bytes)];
  });
}

/** .NET metadata: its streams of names, texts, identifiers and tables. ECMA-335, II.24.2.1 */
function metadataRegions(image: Image): Region[] {
  const { reader } = image;
  const header = placeOf(image, directoryOf(image, directory.clr).address);
  if (header === undefined) return [];
  const root = placeOf(image, reader.u32(header + 8));
  if (root === undefined || reader.u32(root) !== 0x424a5342) return [];
  let at = root + 16 + reader.u32(root + 12) + 2;
  const count = Math.min(reader.u16(at), streamsMax);
  at += 2;
  const regions: Region[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = reader.text(at + 8, 32);
    const stream = `metadata stream ${name}`;
    regions.push(detail(stream, root + reader.u32(at), reader.u32(at + 4)));
    at += 8 + Math.ceil((name.length + 1) / 4) * 4;
  }
  return regions;
}

function tableHeader(image: Image, index: number, name: string, size: number): Region[] {
  const { address } = directoryOf(image, index);
  const place = address === 0 ? undefined : placeOf(image, address);
  return place === undefined ? [] : [detail(name, place, size)];
}

/** The certificate table is the only one that is given by its place in the file; it lies in no section. */
function certificates(image: Image): Region[] {
  const { address, size } = directoryOf(image, directory.certificates);
  return address === 0 || size === 0
    ? []
    : [{ name: 'certificate table', start: address, end: address + size, type: 'certificate table' }];
}

/** What in the sections has a meaning of its own; what cannot be read is left to its section. */
export function detailRegions(image: Image): Region[] {
  const found = [
    () => richHeader(image),
    () => debugRegions(image),
    () => tableHeader(image, directory.exports, 'export directory', 40),
    () => tableHeader(image, directory.resources, 'resource directory', 16),
    () => metadataRegions(image),
    () => certificates(image),
  ];
  return found
    .flatMap((read) => unlessMalformed(read) ?? [])
    .filter(({ start, end }) => start < end && end <= image.reader.size);
}
