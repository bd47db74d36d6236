/** Bytes of a region that are shown; the rest is counted. */
const shownMax = 48;

/** Some bytes as hexadecimal and, where that is printable, ASCII: `7f 45 4c 46  |.ELF|`. */
export function hexdump(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, shownMax));
  const hex = shown.toString('hex').replace(/..(?=.)/g, '$& ');
  const ascii = shown.toString('latin1').replace(/[^ -~]/g, '.');
  const more = bytes.byteLength - shown.byteLength;
  return `${hex}  |${ascii}|${more > 0 ? ` … ${more} more bytes` : ''}`;
}

/** `bytes 0x1a0–0x1af`: both ends included. */
export function rangeName(start: number, end: number): string {
  const hex = (offset: number) => `0x${offset.toString(16)}`;
  return end - start === 1 ? `byte ${hex(start)}` : `bytes ${hex(start)}–${hex(end - 1)}`;
}
