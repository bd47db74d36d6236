import { deflateShape, type DeflateBlock } from './deflate-shape.ts';

/** Symbols that a block holds before it is written out: `lit_bufsize` of zlib (memLevel 8), gzip, and Go. */
const symbolsOf = { zlib: 16_383, gzip: 32_767, go: 16_384 };
/** zlib keeps 262 bytes of its window of 32 KiB free. */
const zlibDistanceMax = 32_768 - 262;

/** Blocks in the middle are as long as the program makes them; the last is as long as what was left. */
function sameLength(blocks: readonly DeflateBlock[], symbols: number): boolean {
  return blocks.length > 0 && blocks.every((block) => block.symbols === symbols);
}

/**
 * The programs that make a deflate stream of this form; undefined where it is too short to tell, or of a form that
 * several make.
 */
export function compressorOf(packed: Uint8Array): string | undefined {
  const { blocks, ended } = deflateShape(packed);
  const [first] = blocks;
  if (first === undefined) return undefined;
  const compressed = blocks.filter(({ kind }) => kind !== 'stored');
  if (compressed.length === 0) return 'not compressed (level 0)';
  const lengthMin = Math.min(...compressed.map((block) => block.lengthMin));
  const distanceMax = Math.max(...compressed.map((block) => block.distanceMax));
  const whole = ended ? compressed.slice(0, -1) : compressed;
  if (first.kind === 'fixed' && first.symbols > symbolsOf.gzip) return 'zlib-ng at level 1';
  if (sameLength(whole, symbolsOf.go)) return 'Go';
  if (distanceMax <= zlibDistanceMax && sameLength(whole, symbolsOf.zlib)) {
    return lengthMin === 3 ? 'zlib' : 'zlib-ng, or the zlib of Chromium that Node.js has since 18';
  }
  if (distanceMax <= zlibDistanceMax && sameLength(whole, symbolsOf.gzip))
    return 'GNU gzip, Info-ZIP, or zlib with memLevel 9';
  if (compressed.some(({ symbols }) => symbols > symbolsOf.gzip)) return 'ISA-L (igzip)';
  if (distanceMax > zlibDistanceMax) return 'libdeflate, zopfli, 7-Zip or another that is not zlib';
  return undefined;
}

/** The length of the shortest match: zlib looks for 3 bytes, that of Chromium and zlib-ng for 4; undefined without a match. */
export function shortestMatch(packed: Uint8Array): number | undefined {
  const lengths = deflateShape(packed).blocks.map((block) => block.lengthMin);
  const least = Math.min(...lengths);
  return least > 258 ? undefined : least;
}

/** xz -0 to -9 by the dictionary that they take, xz(1); sizes in a block's header are written with threads. */
const presets: Readonly<Record<number, string>> = {
  12: '256 KiB, that of -0',
  16: '1 MiB, that of -1',
  18: '2 MiB, that of -2',
  20: '4 MiB, that of -3 and -4',
  22: '8 MiB, that of -5 and -6',
  24: '16 MiB, that of -7',
  26: '32 MiB, that of -8',
  28: '64 MiB, that of -9',
};

/**
 * What the forms of the block headers of an xz stream say, such as `0x0016` or `x86+0x0116`: filters, flags, then LZMA2's
 * property.
 */
export function describeXzForms(forms: string): string {
  return forms
    .split(' ')
    .map((form) => {
      const value = /^((?:[A-Za-z0-9:@-]{1,24}\+){0,3})0x([0-9a-f]{2})([0-9a-f]{2})$/.exec(form);
      if (value === null) return form;
      const property = Number.parseInt(value[3] ?? '', 16);
      const dictionary = presets[property] ?? `of property ${property}`;
      const threads = (Number.parseInt(value[2] ?? '', 16) & 0xc0) === 0 ? '' : ', with threads (-T)';
      const filters = (value[1] ?? '').split('+').filter((filter) => filter !== '');
      const before = filters.length === 0 ? '' : `filters ${filters.join(', ')}; `;
      return `${before}dictionary ${dictionary}${threads}`;
    })
    .join('; ');
}

const levels: Readonly<Record<string, string>> = {
  2: 'level 9',
  4: 'level 1',
  0: 'a level in between, or not told',
};

/** XFL of gzip, RFC 1952 section 2.3.1. */
export function describeXfl(xfl: string): string {
  return `${xfl} (${levels[xfl] ?? 'unknown'})`;
}

const zipLevels = ['normal', 'maximum', 'fast', 'super fast'];
const zipLevelBits = 0x0006;

/** Bits 1 and 2 of a zip's flags, APPNOTE.TXT 4.4.4; undefined where other bits differ. */
export function describeZipLevels(a: string, b: string): { a: string; b: string } | undefined {
  const [one, other] = [Number.parseInt(a, 16), Number.parseInt(b, 16)];
  if (((one ^ other) & ~zipLevelBits) !== 0) return undefined;
  const say = (flags: number) => `${zipLevels[(flags & zipLevelBits) >> 1] ?? ''}`;
  return { a: `${a}: ${say(one)}`, b: `${b}: ${say(other)}` };
}

/** Header of a zstd frame, RFC 8878 section 3.1.1.1: what the level and the options of the command line decide. */
export function describeZstdHeader(text: string): string {
  const bytes = Buffer.from(/\b0x([0-9a-f]{10,64})/.exec(text)?.[1] ?? '', 'hex');
  const descriptor = bytes[4];
  if (descriptor === undefined) return text;
  const single = (descriptor & 0x20) !== 0;
  const window = bytes[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  const size = single ? 'that of the content' : `${(base + (base / 8) * (window & 7)) / 1024} KiB`;
  return `window ${size}, ${(descriptor & 4) === 0 ? 'no checksum' : 'checksum'}`;
}
