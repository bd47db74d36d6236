/** The 48 bits that begin a block: pi in decimal digits as hexadecimal ones. */
export const blockMagic = 0x314159265359;
/** The 48 bits that end a stream: the square root of pi. */
export const endMagic = 0x177245385090;

/** Leading bytes that `levelOf` looks at: `BZh`, the level, and what begins a block or ends the stream. */
export const startBytes = 10;

/** The level (1 to 9: blocks of so many times 100,000 bytes) of the stream that begins here; undefined where none does. */
export function levelOf(bytes: Uint8Array): number | undefined {
  if (bytes.byteLength < startBytes) return undefined;
  const [b, z, h, digit = 0] = bytes;
  if (b !== 0x42 || z !== 0x5a || h !== 0x68 || digit < 0x31 || digit > 0x39) return undefined;
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, startBytes).readUIntBE(4, 6);
  return magic === blockMagic || magic === endMagic ? digit - 0x30 : undefined;
}
