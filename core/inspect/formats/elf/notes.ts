import { BinaryReader, hexBytes } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';

const notesMax = 64;

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** A note's content in words: Go's id is a text, a build id and all others are hexadecimal digits. */
function describe(owner: string, type: number, content: Uint8Array): string {
  if (owner === 'GNU' && type === 3) return hexBytes(content);
  const text = Buffer.from(content).toString('latin1');
  const shown = /^[\x20-\x7e]+$/.test(text) ? text : hexBytes(content);
  return owner === 'Go' && type === 4 ? shown : `${owner} ${type}: ${shown}`;
}

/** Notes of a section, each with its owner and type, but for a build id: that alone. System V ABI, "Note Section". */
export function notesLook(littleEndian: boolean): Look {
  const read = (bytes: Uint8Array): string | undefined => {
    const reader = new BinaryReader(bytes, littleEndian);
    const texts: string[] = [];
    let at = 0;
    while (at + 12 <= bytes.byteLength && texts.length < notesMax) {
      const [nameSize, contentSize] = [reader.u32(at), reader.u32(at + 4)];
      const content = at + 12 + padded(nameSize);
      if (content + contentSize > bytes.byteLength) return undefined;
      texts.push(
        describe(reader.text(at + 12, nameSize), reader.u32(at + 8), reader.slice(content, contentSize)),
      );
      at = content + padded(contentSize);
    }
    return texts.join('; ');
  };
  return (name, a, b) => {
    const [textA, textB] = [read(a.bytes), read(b.bytes)];
    if (textA === undefined || textB === undefined || textA === textB) return undefined;
    return [{ kind: 'changed', name, a: textA, b: textB, offset: a.start }];
  };
}

/** .gnu_debuglink (a file name, padding, its CRC) and .gnu_debugaltlink (a file name, its build id). */
export function debugLinkLook(littleEndian: boolean): Look {
  const read = (bytes: Uint8Array, section: string): string | undefined => {
    const reader = new BinaryReader(bytes, littleEndian);
    const end = bytes.indexOf(0);
    if (end === -1) return undefined;
    if (section.endsWith('.gnu_debugaltlink'))
      return `${reader.text(0)}, build id ${hexBytes(bytes.subarray(end + 1))}`;
    const crc = padded(end + 1);
    if (crc + 4 > bytes.byteLength) return undefined;
    return `${reader.text(0)}, CRC ${reader.u32(crc).toString(16).padStart(8, '0')}`;
  };
  return (name, a, b) => {
    const [textA, textB] = [read(a.bytes, name), read(b.bytes, name)];
    if (textA === undefined || textB === undefined || textA === textB) return undefined;
    return [{ kind: 'changed', name, a: textA, b: textB, offset: a.start }];
  };
}
