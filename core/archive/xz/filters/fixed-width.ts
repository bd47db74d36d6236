import type { UndoFilter } from './filter.ts';

/** Decodes a word of four bytes that stands `position` bytes into the code: what it was before. */
type UndoWord = (word: number, position: number) => number;

function bigEndianWords(undo: UndoWord): UndoFilter {
  return (bytes, start, position) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    for (; at + 4 <= bytes.length; at += 4) {
      const word = view.getUint32(at);
      const done = undo(word, position + at - start);
      if (done !== word) view.setUint32(at, done);
    }
    return at - start;
  };
}

function littleEndianWords(undo: UndoWord): UndoFilter {
  return (bytes, start, position) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    for (; at + 4 <= bytes.length; at += 4) {
      const word = view.getUint32(at, true);
      const done = undo(word, position + at - start);
      if (done !== word) view.setUint32(at, done, true);
    }
    return at - start;
  };
}

/** `bl`: 24 bits of words, from two instructions ahead. */
export const undoArm: UndoFilter = littleEndianWords((word, position) =>
  word >>> 24 === 0xeb ? 0xeb000000 | ((word - ((position + 8) >>> 2)) & 0x00ffffff) : word,
);

/** `bl` of 26 bits of words, and `adrp` of 21 bits of pages, where it reaches at most 512 MiB. */
export const undoArm64: UndoFilter = littleEndianWords((word, position) => {
  if (word >>> 26 === 0x25) return 0x94000000 | ((word - (position >>> 2)) & 0x03ffffff);
  if ((word & 0x9f000000) >>> 0 !== 0x90000000) return word;
  const page = ((word >>> 29) & 3) | ((word >>> 3) & 0x001ffffc);
  if (((page + 0x00020000) & 0x001c0000) !== 0) return word;
  const own = (page - (position >>> 12)) | 0;
  const sign = -(own & 0x00020000) & 0x00e00000;
  return (word & 0x9000001f) | ((own & 3) << 29) | ((own & 0x0003fffc) << 3) | sign;
});

/** `bl`, relative and with a link: 24 bits of words. */
export const undoPowerPc: UndoFilter = bigEndianWords((word, position) =>
  (word & 0xfc000003) >>> 0 === 0x48000001 ? 0x48000001 | ((word - 1 - position) & 0x03fffffc) : word,
);

/** `call` of 30 bits of words, where only the lowest 22 and the sign are used. */
export const undoSparc: UndoFilter = bigEndianWords((word, position) => {
  const upper = word >>> 22;
  if (upper !== 0x100 && upper !== 0x1ff) return word;
  const words = (((word << 2) - position) >>> 2) | 0;
  const sign = (-((words >> 22) & 1) << 22) & 0x3fffffff;
  return sign | (words & 0x3fffff) | 0x40000000;
});
