import type { BinaryReader } from '../../binary/binary-reader.ts';
import { symbolsMax, unitsEachSymbol, type Symbol } from '../../binary/symbols.ts';
import type { Work } from '../../work.ts';
import { relocatable, type ElfHeader } from './header.ts';
import { sectionType, type Section } from './sections.ts';

const sectionSymbol = 3;
const fileSymbol = 4;
/** No section: undefined, absolute, common. */
const reserved = 0xff00;

/**
 * Symbols with a name, of the table of type `tableType` (the full one, or the dynamic one, which is left when a file is
 * stripped). Undefined where there are too many to tell apart.
 * @throws MalformedBinary, WorkSpent
 */
export function readSymbols(
  reader: BinaryReader,
  header: ElfHeader,
  sections: readonly Section[],
  tableType: number,
  work: Work,
): Symbol[] | undefined {
  const table = sections.find(({ type }) => type === tableType);
  const names = sections[table?.link ?? 0];
  if (table === undefined || names === undefined || names.type !== sectionType.strings) return [];
  const each = header.wide ? 24 : 16;
  const count = Math.floor(table.size / each);
  if (count > symbolsMax) return undefined;
  work.spend(count * unitsEachSymbol);
  const symbols: Symbol[] = [];
  for (let index = 1; index < count; index += 1) {
    const at = table.offset + index * each;
    const nameAt = reader.u32(at);
    const [info, index2, value, size] = header.wide
      ? [reader.u8(at + 4), reader.u16(at + 6), reader.size64(at + 8), reader.size64(at + 16)]
      : [reader.u8(at + 12), reader.u16(at + 14), reader.u32(at + 4), reader.u32(at + 8)];
    const type = info & 0xf;
    if (nameAt === 0 || nameAt >= names.size || type === sectionSymbol || type === fileSymbol) continue;
    const name = reader.text(names.offset + nameAt, Math.min(512, names.size - nameAt));
    const start = index2 < reserved ? placeOf(header, sections[index2], value) : undefined;
    symbols.push({ name, start, size });
  }
  return symbols;
}

function placeOf(header: ElfHeader, section: Section | undefined, value: number): number | undefined {
  if (section === undefined || section.type === sectionType.empty || section.type === 0) return undefined;
  const within = header.type === relocatable ? value : value - section.address;
  return within >= 0 && within < section.size ? section.offset + within : undefined;
}
