import { InflateError } from '../inflate.ts';
import type { LowBits } from './bits.ts';
import { DeflateCode, fastMask } from './huffman.ts';

/** The two codes of a block. */
export interface BlockCodes {
  readonly symbols: DeflateCode;
  readonly distances: DeflateCode;
}

/** Order of the lengths of the code of lengths, RFC 1951 section 3.2.7. */
const lengthsOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const symbolsMax = 286;
export const endOfBlock = 256;

function fixedCodes(): BlockCodes {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256).fill(7, 256, 280);
  return { symbols: new DeflateCode(lengths), distances: new DeflateCode(new Uint8Array(32).fill(5)) };
}

/** Those of a block with fixed codes, section 3.2.6. */
export const fixed: BlockCodes = fixedCodes();

/** Reads the codes of a block that has its own, of up to `distancesMax` distances. @throws InflateError */
export function readBlockCodes(bits: LowBits, distancesMax: number): BlockCodes {
  const symbols = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const count = bits.take(4) + 4;
  if (symbols > symbolsMax || distances > distancesMax) throw new InflateError('more symbols than there are');
  const own = new Uint8Array(19);
  for (const symbol of lengthsOrder.slice(0, count)) own[symbol] = bits.take(3);
  const lengths = readLengths(bits, new DeflateCode(own), symbols + distances);
  if (lengths[endOfBlock] === 0) throw new InflateError('a block that cannot end');
  return {
    symbols: new DeflateCode(lengths.subarray(0, symbols)),
    distances: new DeflateCode(lengths.subarray(symbols), true),
  };
}

function readLengths(bits: LowBits, code: DeflateCode, count: number): Uint8Array {
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const ahead = bits.peek();
    const found = code.fast[ahead & fastMask] || code.find(ahead);
    bits.skip(found & 15);
    const symbol = found >> 4;
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) throw new InflateError('a length that is repeated before there is one');
    const value = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (at + times > count) throw new InflateError('more lengths than symbols');
    lengths.fill(value, at, at + times);
    at += times;
  }
  return lengths;
}
