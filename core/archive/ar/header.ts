import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

/** How an ar begins, ar(5); a .deb is one, deb(5). */
export const arMagic = Buffer.from('!<arch>\n');

export const arHeaderBytes = 60;

/** One member's header. Numbers are decimal but for the mode, each left-aligned and filled with spaces. */
export interface ArHeader {
  /** The name field without the spaces behind it. */
  readonly name: string;
  readonly mtime: number;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly size: number;
  /** Whether another writer would spell the same values with other bytes. */
  readonly usual: boolean;
}

/** Whether a member's header ends these bytes as it should. */
export function endsAsHeader(block: Uint8Array): boolean {
  return block.byteLength === arHeaderBytes && block[58] === 0x60 && block[59] === 0x0a;
}

/** Reads a header that `endsAsHeader`. @throws Malformed */
export function parseArHeader(place: Place, block: Uint8Array, offset: number): ArHeader {
  const text = Buffer.from(block).toString('latin1');
  const number = (start: number, end: number, radix: 8 | 10): number => {
    const digits = text.slice(start, end).trimEnd();
    if (digits === '') return 0;
    if (!(radix === 8 ? /^[0-7]{1,8}$/ : /^\d{1,12}$/).test(digits))
      throw new Malformed(place, 'a header field is not a number', offset);
    return Number.parseInt(digits, radix);
  };
  const header = {
    name: text.slice(0, 16).trimEnd(),
    mtime: number(16, 28, 10),
    uid: number(28, 34, 10),
    gid: number(34, 40, 10),
    mode: number(40, 48, 8),
    size: number(48, 58, 10),
  };
  return { ...header, usual: spell(header) === text };
}

function spell({ name, mtime, uid, gid, mode, size }: Omit<ArHeader, 'usual'>): string {
  const fields = [name.padEnd(16), String(mtime).padEnd(12), String(uid).padEnd(6), String(gid).padEnd(6)];
  return `${fields.join('')}${mode.toString(8).padEnd(8)}${String(size).padEnd(10)}\`\n`;
}
