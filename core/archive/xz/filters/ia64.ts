import type { UndoFilter } from './filter.ts';

/** For each template of a bundle of three slots, which of them can branch: a bit each. */
const branchSlots = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4,
];

/** `br.call` in bundles of 16 bytes: five bits of template, three instructions of 41. */
export const undoIa64: UndoFilter = (bytes, start, position) => {
  let at = start;
  for (; at + 16 <= bytes.length; at += 16) {
    const slots = branchSlots[(bytes[at] ?? 0) & 0x1f] ?? 0;
    for (let slot = 0; slot < 3; slot++) {
      if (((slots >> slot) & 1) === 1) undoSlot(bytes, at, 5 + 41 * slot, position + at - start);
    }
  }
  return at - start;
};

/** The instruction begins `bit` bits into the bundle at `at`. Its 41 bits are taken as 32 and the rest. */
function undoSlot(bytes: Uint8Array, at: number, bit: number, position: number): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + at + (bit >> 3), 6);
  const scale = 2 ** (bit & 7);
  const held = view.readUIntLE(0, 6);
  const before = held % scale;
  const instruction = (held - before) / scale;
  const lower = instruction >>> 0;
  const upper = Math.floor(instruction / 2 ** 32);
  if (((upper >> 5) & 0xf) !== 5 || ((lower >>> 9) & 7) !== 0) return;
  const target = (lower >>> 13) | ((upper & 1) << 19) | (((upper >> 4) & 1) << 20);
  const own = ((target << 4) - position) >>> 4;
  const undoneLower = ((lower & 0x1fff) | (own << 13)) >>> 0;
  const undoneUpper = (upper & ~0x11) | ((own >>> 19) & 1) | (((own >>> 20) & 1) << 4);
  view.writeUIntLE((undoneUpper * 2 ** 32 + undoneLower) * scale + before, 0, 6);
}
