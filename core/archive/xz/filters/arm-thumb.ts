import type { UndoFilter } from './filter.ts';

/** `bl` in two half words of eleven bits each, counted from two of them ahead. */
export const undoArmThumb: UndoFilter = (bytes, start, position) => {
  let at = start;
  for (; at + 4 <= bytes.length; at += 2) {
    const [upper = 0, lower = 0] = [bytes[at + 1], bytes[at + 3]];
    if ((upper & 0xf8) !== 0xf0 || (lower & 0xf8) !== 0xf8) continue;
    const target = ((upper & 7) << 19) | ((bytes[at] ?? 0) << 11) | ((lower & 7) << 8) | (bytes[at + 2] ?? 0);
    const own = ((target << 1) - (position + at - start + 4)) >>> 1;
    bytes[at + 1] = 0xf0 | ((own >>> 19) & 7);
    bytes[at] = own >>> 11;
    bytes[at + 3] = 0xf8 | ((own >>> 8) & 7);
    bytes[at + 2] = own;
    at += 2;
  }
  return at - start;
};
