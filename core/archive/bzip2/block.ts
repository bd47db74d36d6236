import { InflateError } from '../inflate.ts';
import type { BitReader } from './bit-reader.ts';
import { HuffmanCode } from './huffman.ts';

const groupSymbols = 50;
/** Selectors that a block of 900,000 bytes can use; more may be on record and are not. */
const selectorsUsedMax = 18_002;
const lengthMax = 20;

/** Compressed bytes that a block of this level can take at most, with all codes as long as they can be. */
export function blockBytesMax(level: number): number {
  return 250_200 * level + 50_000;
}

/** The bytes that occur in the block, in two steps of 16: which sixteenths, then which of each. */
function readUsed(bits: BitReader): Uint8Array {
  const sixteenths = bits.take(16);
  const used: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((sixteenths & (0x8000 >> high)) === 0) continue;
    const these = bits.take(16);
    for (let low = 0; low < 16; low++) if ((these & (0x8000 >> low)) !== 0) used.push(high * 16 + low);
  }
  if (used.length === 0) throw new InflateError('a block without a byte');
  return Uint8Array.from(used);
}

/** Which code each group of 50 symbols is written in. */
function readSelectors(bits: BitReader, codes: number): Uint8Array {
  const count = bits.take(15);
  if (count === 0) throw new InflateError('a block without a selector');
  const selectors = new Uint8Array(Math.min(count, selectorsUsedMax));
  const order = Array.from({ length: codes }, (_, index) => index);
  for (let index = 0; index < count; index++) {
    let place = 0;
    while (bits.take(1) === 1) if (++place >= codes) throw new InflateError('a selector of no code');
    const [selected = 0] = order.splice(place, 1);
    order.unshift(selected);
    if (index < selectorsUsedMax) selectors[index] = selected;
  }
  bits.check();
  return selectors;
}

function readCode(bits: BitReader, symbols: number): HuffmanCode {
  const lengths = new Uint8Array(symbols);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > lengthMax) throw new InflateError('a code of an unknown length');
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
      bits.check();
    }
    lengths[symbol] = length;
  }
  bits.check();
  return new HuffmanCode(lengths);
}

/** Undoes the Huffman codes, the runs of the first symbol and the moves to the front. Answers how many bytes are in `out`. */
function readSymbols(
  bits: BitReader,
  used: Uint8Array,
  selectors: Uint8Array,
  codes: readonly HuffmanCode[],
  out: Int32Array,
): number {
  const order = Uint8Array.from(used);
  const end = used.length + 1;
  let size = 0;
  let run = 0;
  let weight = 1;
  const endRun = (): void => {
    if (size + run > out.length) throw new InflateError('a block that is too long');
    out.fill(order[0] ?? 0, size, size + run);
    size += run;
    run = 0;
    weight = 1;
  };
  for (const selector of selectors) {
    const code = codes[selector];
    if (code === undefined) break;
    for (let left = groupSymbols; left > 0; left--) {
      const symbol = code.decode(bits);
      if (symbol <= 1) {
        // A number in digits 1 and 2, the lowest first.
        run += weight << symbol;
        weight *= 2;
        if (run > out.length) throw new InflateError('a block that is too long');
        continue;
      }
      if (run > 0) endRun();
      if (symbol === end) {
        bits.check();
        return size;
      }
      const byte = order[symbol - 1] ?? 0;
      if (symbol > 24) order.copyWithin(1, 0, symbol - 1);
      else for (let index = symbol - 1; index > 0; index--) order[index] = order[index - 1] ?? 0;
      order[0] = byte;
      if (size === out.length) throw new InflateError('a block that is too long');
      out[size++] = byte;
    }
    bits.check();
  }
  throw new InflateError('a block without an end');
}

/** Turns the last column of the sorted rotations (`links`, in its lower 8 bits) into a chain through the bytes. */
function link(links: Int32Array, size: number): void {
  const starts = new Int32Array(257);
  for (let at = 0; at < size; at++) {
    const above = ((links[at] ?? 0) & 0xff) + 1;
    starts[above] = (starts[above] ?? 0) + 1;
  }
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] = (starts[byte + 1] ?? 0) + (starts[byte] ?? 0);
  for (let at = 0; at < size; at++) {
    const byte = (links[at] ?? 0) & 0xff;
    const to = starts[byte] ?? 0;
    starts[byte] = to + 1;
    links[to] = (links[to] ?? 0) | (at << 8);
  }
}

/**
 * Decodes a block, behind its checksum, into `links`: from `first`, each number has a byte in its lower 8 bits and the
 * place of the next number above; there are `size` of them. @throws InflateError
 */
export function decodeBlock(bits: BitReader, links: Int32Array): { first: number; size: number } {
  if (bits.take(1) === 1)
    throw new InflateError('a randomised block, which nothing writes since bzip2 0.9.5');
  const origin = bits.take(24);
  const used = readUsed(bits);
  const count = bits.take(3);
  if (count < 2 || count > 6) throw new InflateError('a block with an unknown number of codes');
  const selectors = readSelectors(bits, count);
  const codes = Array.from({ length: count }, () => readCode(bits, used.length + 2));
  const size = readSymbols(bits, used, selectors, codes, links);
  if (origin >= size) throw new InflateError('a block that begins outside of itself');
  link(links, size);
  return { first: (links[origin] ?? 0) >> 8, size };
}
