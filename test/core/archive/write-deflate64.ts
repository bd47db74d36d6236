import { deflate64 } from '#core/archive/deflate64/deflate64.ts';

/** What a deflate stream says: a byte, or so many bytes again from so far back. */
export type Token = number | { readonly length: number; readonly distance: number };

/** What these tokens decode to. */
export function contentOf(tokens: readonly Token[]): Buffer {
  const out: number[] = [];
  for (const token of tokens) {
    if (typeof token === 'number') out.push(token);
    else for (let left = token.length; left > 0; left--) out.push(out[out.length - token.distance] ?? 0);
  }
  return Buffer.from(out);
}

/** Writes bits, the lowest of each byte first. */
class Bits {
  readonly #bits: number[] = [];

  add(value: number, count: number): void {
    for (let at = 0; at < count; at++) this.#bits.push(Math.floor(value / 2 ** at) % 2);
  }

  /** A code, its highest bit first. */
  code(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at--) this.#bits.push((value >> at) & 1);
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
    return bytes;
  }
}

/** The code of a fixed block, RFC 1951 section 3.2.6. */
function addSymbol(bits: Bits, symbol: number): void {
  if (symbol < 144) bits.code(0x30 + symbol, 8);
  else if (symbol < 256) bits.code(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.code(symbol - 256, 7);
  else bits.code(0xc0 + symbol - 280, 8);
}

/** The last code whose first value is not above `value` and that reaches it. */
function codeOf(value: number, bases: readonly number[], extra: readonly number[]): number {
  return bases.findLastIndex((base, code) => value >= base && value < base + 2 ** (extra[code] ?? 0));
}

/** One block with fixed codes of Deflate64 that says these tokens. */
export function writeDeflate64(tokens: readonly Token[]): Buffer {
  const { lengthBases, lengthBits, distanceBases, distanceBits } = deflate64;
  const bits = new Bits();
  bits.add(0b011, 3);
  for (const token of tokens) {
    if (typeof token === 'number') {
      addSymbol(bits, token);
      continue;
    }
    const length = codeOf(token.length, lengthBases, lengthBits);
    addSymbol(bits, 257 + length);
    bits.add(token.length - (lengthBases[length] ?? 0), lengthBits[length] ?? 0);
    const distance = codeOf(token.distance, distanceBases, distanceBits);
    bits.code(distance, 5);
    bits.add(token.distance - (distanceBases[distance] ?? 0), distanceBits[distance] ?? 0);
  }
  addSymbol(bits, 256);
  return bits.bytes();
}
