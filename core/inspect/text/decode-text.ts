import type { Work } from '../work.ts';

/**
 * A text as the bytes of its UTF-8 form, one character a byte (latin1): ASCII syntax can be read in it as it is, equal
 * texts have equal bytes, and a place in it is a place in the content. `readable` gives a slice of it to people.
 */
export interface Text {
  readonly utf8: string;
  readonly encoding: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'ISO-8859-1';
  /** Whether a byte order mark stands before it. */
  readonly mark: boolean;
  /** Offset in the content of a place in `utf8`; undefined where the content has another form. */
  offsetOf(place: number): number | undefined;
}

const labelMax = 200;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Controls that no text has in any encoding of one byte. */
// oxlint-disable-next-line no-control-regex
const binary = /[\0-\x06\x0e-\x1a\x1c-\x1f\x7f]/;

/** Whether a content that begins like this could be text. */
export function looksLikeText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  return !head.includes(0);
}

/**
 * UTF-8, UTF-16 with a byte order mark, else ISO 8859-1 without controls; undefined for what is no text.
 * @throws WorkSpent
 */
export function decodeText(bytes: Uint8Array, work: Work): Text | undefined {
  work.spend(bytes.byteLength);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return fromUtf16(buffer.subarray(2), 'UTF-16LE');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return fromUtf16(buffer.subarray(2), 'UTF-16BE');
  if (bytes.includes(0)) return undefined;
  if (isUtf8(buffer)) {
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const start = mark ? 3 : 0;
    const utf8 = buffer.toString('latin1', start);
    return { utf8, encoding: 'UTF-8', mark, offsetOf: (place) => place + start };
  }
  const latin1 = buffer.toString('latin1');
  if (binary.test(latin1)) return undefined;
  return other(Buffer.from(latin1, 'utf8'), 'ISO-8859-1', false);
}

function isUtf8(buffer: Buffer): boolean {
  try {
    strict.decode(buffer);
    return true;
  } catch {
    return false;
  }
}

function other(utf8: Buffer, encoding: Text['encoding'], mark: boolean): Text {
  return { utf8: utf8.toString('latin1'), encoding, mark, offsetOf: () => undefined };
}

function fromUtf16(buffer: Buffer, encoding: 'UTF-16LE' | 'UTF-16BE'): Text | undefined {
  if (buffer.byteLength % 2 === 1) return undefined;
  const text = (encoding === 'UTF-16LE' ? buffer : Buffer.from(buffer).swap16()).toString('utf16le');
  // A lone surrogate has no form in UTF-8: two different ones would become the same.
  if (!text.isWellFormed() || text.includes('\0')) return undefined;
  return other(Buffer.from(text, 'utf8'), encoding, true);
}

/** A slice of `Text.utf8` for people. A character that the slice cuts in two is left out. */
export function readable(utf8: string): string {
  const whole = utf8.replace(/^[\x80-\xbf]{1,3}/, '').replace(/[\xc0-\xff][\x80-\xbf]{0,2}$/, (end) => {
    const lead = end.charCodeAt(0);
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    return end.length < length ? '' : end;
  });
  return Buffer.from(whole, 'latin1').toString('utf8');
}

/** A label of a part for people: long ones are cut, as they are repeated in the names of all that is in them. */
export function readableLabel(utf8: string): string {
  return utf8.length <= labelMax ? readable(utf8) : `${readable(utf8.slice(0, labelMax))}…`;
}
