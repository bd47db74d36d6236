import type { BinaryReader } from '../../binary/binary-reader.ts';
import type { Region } from '../../binary/region.ts';
import { word, type ElfHeader } from './header.ts';

const load = 1;

/** What is loaded of a file that has no sections. @throws MalformedBinary */
export function readSegments(reader: BinaryReader, header: ElfHeader): Region[] {
  const { at, count, size } = header.segments;
  const regions: Region[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = at + index * size;
    if (reader.u32(entry) !== load) continue;
    const start = word(reader, header, entry + (header.wide ? 8 : 4));
    const end = start + word(reader, header, entry + (header.wide ? 32 : 16));
    regions.push({ name: 'segment LOAD', start, end });
  }
  return regions;
}
