/** What a deflate stream shows of the program that made it. Bounded by the bytes that are given. */
export interface DeflateShape {
  /** Blocks that were read to their end. */
  readonly blocks: readonly DeflateBlock[];
  /** Whether the last block of the stream is among them. */
  readonly ended: boolean;
}

export interface DeflateBlock {
  readonly kind: 'stored' | 'fixed' | 'dynamic';
  /** Literals and matches, the end of the block apart; of a stored block its bytes. */
  readonly symbols: number;
  /** Of its matches. */
  readonly lengthMin: number;
  readonly distanceMax: number;
}

/** A stream that is no deflate, or ends before the block does. */
class OutOfBits extends Error {}

class BitReader {
  #at = 0;
  #bits = 0;
  #count = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new OutOfBits();
      this.#bits |= byte << this.#count;
      this.#at += 1;
      this.#count += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  /** To the next byte. */
  align(): void {
    this.#bits = 0;
    this.#count = 0;
  }

  skip(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#bytes.byteLength) throw new OutOfBits();
  }
}

/** A canonical Huffman code, RFC 1951 section 3.2.2, decoded bit by bit. */
class Code {
  readonly #counts = new Uint16Array(16);
  readonly #symbols: Uint16Array;

  constructor(lengths: readonly number[]) {
    for (const length of lengths) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    this.#counts[0] = 0;
    const offsets = new Uint16Array(16);
    for (let length = 1; length < 15; length += 1) {
      offsets[length + 1] = (offsets[length] ?? 0) + (this.#counts[length] ?? 0);
    }
    this.#symbols = new Uint16Array(lengths.length);
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      const at = offsets[length] ?? 0;
      this.#symbols[at] = symbol;
      offsets[length] = at + 1;
    }
  }

  read(bits: BitReader): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length += 1) {
      code |= bits.take(1);
      const count = this.#counts[length] ?? 0;
      if (code - count < first) return this.#symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new OutOfBits();
  }
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const fixedCodes = {
  literals: new Code(
    Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
  ),
  distances: new Code(Array.from({ length: 30 }, () => 5)),
};

function readCodes(bits: BitReader): typeof fixedCodes {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const count = bits.take(4) + 4;
  const lengths: number[] = Array.from({ length: 19 }, () => 0);
  for (let at = 0; at < count; at += 1) lengths[codeOrder[at] ?? 0] = bits.take(3);
  const code = new Code(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = code.read(bits);
    const [value, times] =
      symbol < 16
        ? [symbol, 1]
        : symbol === 16
          ? [all.at(-1) ?? 0, 3 + bits.take(2)]
          : symbol === 17
            ? [0, 3 + bits.take(3)]
            : [0, 11 + bits.take(7)];
    for (let time = 0; time < times; time += 1) all.push(value);
  }
  return {
    literals: new Code(all.slice(0, literals)),
    distances: new Code(all.slice(literals, literals + distances)),
  };
}

function readSymbols(
  bits: BitReader,
  { literals, distances }: typeof fixedCodes,
): Omit<DeflateBlock, 'kind'> {
  let symbols = 0;
  let lengthMin = 259;
  let distanceMax = 0;
  for (;;) {
    const symbol = literals.read(bits);
    if (symbol === 256) return { symbols, lengthMin, distanceMax };
    symbols += 1;
    if (symbol < 256) continue;
    const length = (lengthBase[symbol - 257] ?? 0) + bits.take(lengthExtra[symbol - 257] ?? 0);
    const code = distances.read(bits);
    const extra = code < 4 ? 0 : (code >> 1) - 1;
    const distance = (code < 4 ? code : (2 + (code & 1)) << extra) + 1 + bits.take(extra);
    lengthMin = Math.min(lengthMin, length);
    distanceMax = Math.max(distanceMax, distance);
  }
}

function readBlock(bits: BitReader, kind: number): DeflateBlock {
  if (kind === 0) {
    bits.align();
    const size = bits.take(16);
    bits.take(16);
    bits.skip(size);
    return { kind: 'stored', symbols: size, lengthMin: 259, distanceMax: 0 };
  }
  if (kind === 3) throw new OutOfBits();
  const codes = kind === 1 ? fixedCodes : readCodes(bits);
  return { kind: kind === 1 ? 'fixed' : 'dynamic', ...readSymbols(bits, codes) };
}

/** Reads as many whole blocks of a deflate stream (RFC 1951) as there are, without what they stand for. */
export function deflateShape(bytes: Uint8Array): DeflateShape {
  const bits = new BitReader(bytes);
  const blocks: DeflateBlock[] = [];
  try {
    for (;;) {
      const last = bits.take(1) === 1;
      blocks.push(readBlock(bits, bits.take(2)));
      if (last) return { blocks, ended: true };
    }
  } catch (error) {
    if (!(error instanceof OutOfBits)) throw error;
    return { blocks, ended: false };
  }
}
