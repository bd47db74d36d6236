import type { Pass } from '../pass.ts';
import { isHarmlessText, quoted } from '../harmless-text.ts';
import { isAlone } from '../stream-compression.ts';

/** Text, checksum of the header, name, comment: all but the extra field and what is reserved. RFC 1952, 2.3.1. */
const understoodFlags = 0x1b;

/** A name of one part that `gunzip -N` can only give to a file in the same folder. */
function isPlainName(name: string): boolean {
  return /^[\u0020-\u007e]{1,255}$/.test(name) && !/[/\\:]/.test(name) && name !== '.' && name !== '..';
}

/** Bytes of a text and the NUL behind it; 0 where there is none, undefined where it is not `harmless`. */
function textBytes(
  value: string | null | undefined,
  harmless: (text: string) => boolean,
): number | undefined {
  if (value === null) return 0;
  const text = quoted(value);
  return text !== undefined && harmless(text) ? text.length + 1 : undefined;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

export const gzipHeader: Pass = {
  id: 'gzip-header',
  title: 'Name, comment, system, level and flags in the gzip header',
  risk: 'With `gunzip -N` the unpacked file gets another name; it passes only where that is one plain name.',
  touches: {
    formats: ['gzip'],
    fields: ['gzip_comment', 'gzip_flags', 'gzip_name', 'gzip_os', 'gzip_xfl'],
  },
  setsAside(delta) {
    const { field, a, b } = delta;
    if (!isAlone(delta, 'gzip')) return undefined;
    if (field === 'gzip_name') return sum(textBytes(a, isPlainName), textBytes(b, isPlainName));
    if (field === 'gzip_comment') return sum(textBytes(a, isHarmlessText), textBytes(b, isHarmlessText));
    if (field !== 'gzip_flags') return 2;
    return ((Number(a) ^ Number(b)) & ~understoodFlags) === 0 ? 2 : undefined;
  },
};
