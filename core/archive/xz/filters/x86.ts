import type { UndoFilter } from './filter.ts';

const isSign = (byte: number): boolean => byte === 0 || byte === 0xff;
/** How many bytes before the fourth of an address another `call` stands, for each pattern of those that were seen. */
const overlapOf = [0, 1, 2, 2, 3];

/** `call` and `jmp` with 32 bits (E8, E9), where the highest byte is that of a small number, and none overlaps another. */
export function undoX86(): UndoFilter {
  // Which of the last bytes looked like a call (lower bits) with a highest byte that fits (bit 4, moved on likewise).
  let seen = 0;
  let last = -5;
  return (bytes, start, position) => {
    const limit = bytes.length - 5;
    let at = start;
    // Only the distance from the last call counts, and positions start over.
    last = Math.max(last, -5);
    while (at <= limit) {
      const first = bytes[at];
      if (first !== 0xe8 && first !== 0xe9) {
        at += 1;
        continue;
      }
      const gap = at - start - last;
      last = at - start;
      if (gap > 5) seen = 0;
      else for (let count = 0; count < gap; count++) seen = (seen & 0x77) << 1;
      const high = bytes[at + 4] ?? 0;
      if (isSign(high) && seen >> 1 <= 4 && seen >> 1 !== 3) {
        undoCall(bytes, at, (position + at - start + 5) | 0, seen >> 1, seen !== 0);
        at += 5;
        seen = 0;
      } else {
        at += 1;
        seen |= isSign(high) ? 0x11 : 1;
      }
    }
    const done = Math.max(at - start, 0);
    last -= done;
    return done;
  };
}

function undoCall(bytes: Uint8Array, at: number, next: number, pattern: number, overlaps: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shift = 24 - 8 * (overlapOf[pattern] ?? 0);
  let target = view.getInt32(at + 1, true);
  let own = (target - next) | 0;
  // A byte that was none of a small number may not look like one now. Once is enough: it becomes the inverse of what it was.
  if (overlaps && isSign((own >>> shift) & 0xff)) {
    target = own ^ (2 ** (shift + 8) - 1);
    own = (target - next) | 0;
  }
  view.setInt32(at + 1, (own & 0x01ffffff) | -(own & 0x01000000), true);
}
