import { readable } from '../text/decode-text.ts';

/** Bytes of a region that are shown; the rest is counted. */
const shownMax = 48;
/** Bytes that are shown before and behind a region of a text. */
const aroundMax = 80;

/** Bytes on a line. */
const lineBytes = 16;

function line(bytes: Buffer): string {
  const hex = bytes.toString('hex').replace(/..(?=.)/g, '$& ');
  return `${hex}  |${bytes.toString('latin1').replace(/[^ -~]/g, '.')}|`;
}

/** A region of some bytes as hexadecimal and, where that is printable, ASCII, 16 on a line: `7f 45 4c 46  |.ELF|`. */
export function hexdump(bytes: Uint8Array, start: number, end: number): string {
  const shown = Buffer.from(bytes.subarray(start, Math.min(end, start + shownMax)));
  const lines: string[] = [];
  for (let at = 0; at === 0 || at < shown.byteLength; at += lineBytes)
    lines.push(line(shown.subarray(at, at + lineBytes)));
  const more = end - start - shown.byteLength;
  return `${lines.join('\n')}${more > 0 ? ` … ${more} more bytes` : ''}`;
}

/** `bytes 0x1a0–0x1af`: both ends included. */
export function rangeName(start: number, end: number): string {
  const hex = (offset: number) => `0x${offset.toString(16)}`;
  return end - start === 1 ? `byte ${hex(start)}` : `bytes ${hex(start)}–${hex(end - 1)}`;
}

/** A region of a text, with what stands around it in its first line. */
export function textAround(bytes: Uint8Array, start: number, end: number): string {
  const feedBefore = bytes.lastIndexOf(0x0a, start - 1);
  const from = Math.max(start === 0 ? 0 : feedBefore + 1, start - aroundMax);
  const feed = bytes.indexOf(0x0a, Math.max(start, end - 1));
  const to = Math.min(feed === -1 ? bytes.byteLength : feed, end + aroundMax, start + 2 * aroundMax);
  return readable(Buffer.from(bytes.subarray(from, Math.max(from, to))).toString('latin1'));
}
