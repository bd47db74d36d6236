import type { Window } from '#core/compare/capture.ts';
import type { OwnLine } from './own-lines.ts';

const stringMax = 400;
const stringsMax = 64;
/** Go puts its version 32 bytes behind the beginning of its build information, after binary bytes. */
const goMarker = ' Go buildinf:';

/**
 * The printable strings that begin with one of these markers, at most 64 for each, and of Go's build information the
 * version. Costs a search for each marker, and nothing for bytes that hold none.
 */
export function stringsAt({ bytes, start }: Window, markers: readonly string[]): OwnLine[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: OwnLine[] = [];
  for (const marker of markers) {
    let at = buffer.indexOf(marker, 0, 'latin1');
    for (let count = 0; at !== -1 && count < stringsMax; count += 1) {
      const found = stringFrom(buffer, marker, at);
      strings.push({ text: found, offset: start + at });
      at = buffer.indexOf(marker, at + marker.length, 'latin1');
    }
  }
  return strings;
}

function stringFrom(buffer: Buffer, marker: string, at: number): string {
  const text = buffer.toString('latin1', at, at + stringMax);
  if (marker === goMarker) return /go1\.[\w.]{1,20}/.exec(text.slice(0, 80))?.[0] ?? marker;
  return /^[\u0020-\u007e]*/.exec(text)?.[0] ?? marker;
}
