import type { Inside, Part } from '#schemas/comparison.ts';

/** Formats of which most places follow from few: what moves all that stands behind it. */
const binary = new Set(['elf', 'mach-o', 'pe', 'wasm', 'java-class', 'python-bytecode', 'ar-symbols']);

/** What a tool says of itself or of how it was called. */
const ofTools =
  /^(?:Go |section \.comment|custom section producers|load command LC_BUILD_VERSION|Rich header|version$|header magic)/;
/** Places, sizes and digests. */
const follows =
  /^(?:header e_|program header|section header|optional header (?:CheckSum|Size|AddressOf)|constant pool|order$|places of members|section \.note\.(?:gnu\.build-id|go\.buildid)|section \.(?:rela?|eh_frame|dynsym|symtab|strtab|shstrtab|gnu\.hash)|dynamic |load command LC_(?:UUID|SYMTAB|DYSYMTAB|SEGMENT))/;

function isText(value: string | null | undefined): boolean {
  return typeof value === 'string' && value !== '' && !/^(?:0x|\d+ (?:bytes|entries))/.test(value);
}

function weightOf({ name, a, b }: Part): number {
  if (ofTools.test(name)) return 0;
  if (follows.test(name)) return 4;
  if (/^section \.(?:rodata|data|gopclntab|debug_)/.test(name) && isText(a ?? b)) return 1;
  if (name.startsWith('symbol ')) return 2;
  return isText(a ?? b) ? 2 : 3;
}

/** Places of a content in the order in which to read them: of a binary what says most comes first. */
export function tellingParts({ format, parts }: Inside): readonly Part[] {
  if (!binary.has(format)) return parts;
  return [...parts].sort((one, other) => weightOf(one) - weightOf(other));
}
