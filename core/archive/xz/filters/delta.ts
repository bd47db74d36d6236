import type { UndoFilter } from './filter.ts';

/** Each byte is what to add to the one `distance` (1 to 256) before it, section 5.3.3. */
export function undoDelta(distance: number): UndoFilter {
  const history = new Uint8Array(distance);
  let at = 0;
  return (bytes, start) => {
    for (let index = start; index < bytes.length; index++) {
      const value = ((bytes[index] ?? 0) + (history[at] ?? 0)) & 0xff;
      bytes[index] = value;
      history[at] = value;
      at = at + 1 === distance ? 0 : at + 1;
    }
    return bytes.length - start;
  };
}
