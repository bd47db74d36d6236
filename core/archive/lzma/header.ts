/** Properties (lc, lp, pb), dictionary and size: what begins an `.lzma`, in 13 bytes; the size as -1 where it is not told. */
export const lzmaHeaderBytes = 13;
const sizesMax = 2n ** 38n;
const unknownSize = 2n ** 64n - 1n;

/** What the header says, of which every value is possible; undefined where it is cut short. */
export function lzmaHeaderOf(
  bytes: Uint8Array,
): { properties: number; dictionaryBytes: number; size: bigint | undefined } | undefined {
  if (bytes.byteLength < lzmaHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, lzmaHeaderBytes);
  const size = view.getBigUint64(5, true);
  return {
    properties: view.getUint8(0),
    dictionaryBytes: view.getUint32(1, true),
    size: size === unknownSize ? undefined : size,
  };
}

/**
 * Whether these bytes begin an `.lzma`, which has no magic number: the properties that every tool writes unless it is told
 * otherwise, a dictionary of 4 KiB or more that is a power of two or one and a half of it, no size or one below 256 GiB, and
 * the zero byte that begins a range coder.
 */
export function looksLikeLzma(bytes: Uint8Array): boolean {
  const header = bytes[0] === 0x5d && bytes[lzmaHeaderBytes] === 0 ? lzmaHeaderOf(bytes) : undefined;
  if (header === undefined) return false;
  const { dictionaryBytes, size } = header;
  const rounded = dictionaryBytes >>> (31 - Math.clz32(dictionaryBytes) - 1);
  const plain = dictionaryBytes === rounded * 2 ** (30 - Math.clz32(dictionaryBytes));
  return dictionaryBytes >= 4096 && plain && (size === undefined || size < sizesMax);
}
