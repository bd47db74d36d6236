import type { UndoFilter } from './filter.ts';

const opcode = { jal: 0xef, auipc: 0x17 };
/** The register that marks what the filter made: nobody adds to the stack pointer with `auipc`. */
const marked = 2;

/** Whether `second` takes the register that `auipc` sets, and is an instruction of 32 bits. */
const isPair = (auipc: number, second: number): boolean => (((auipc << 8) ^ (second - 3)) & 0xf8003) === 0;

/** Whether `auipc` has the marked register, two bits of an instruction of 32 bits, and a register that could be turned. */
const isTurned = (auipc: number): boolean =>
  (auipc & 0x3f80) === ((marked << 7) | 0x3000) && ((auipc >>> 27) & 0x1d) !== 0;

/** `jal` of 20 bits in an order of its own, and `auipc` with the instruction that takes its result, turned around. */
export const undoRiscv: UndoFilter = (bytes, start, position) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  for (; at + 8 <= bytes.length; at += 2) {
    const first = bytes[at] ?? 0;
    if (first === opcode.jal) {
      if (((bytes[at + 1] ?? 0) & 0x0d) !== 0) continue;
      undoJal(bytes, at, position + at - start);
      at += 2;
    } else if ((first & 0x7f) === opcode.auipc) {
      at += undoAuipc(view, at, position + at - start) - 2;
    }
  }
  return at - start;
};

function undoJal(bytes: Uint8Array, at: number, position: number): void {
  const [, one = 0, two = 0, three = 0] = bytes.subarray(at, at + 4);
  const own = (((one & 0xf0) << 13) | (two << 9) | (three << 1)) - position;
  bytes[at + 1] = (one & 0x0f) | ((own >>> 8) & 0xf0);
  bytes[at + 2] = ((own >>> 16) & 0x0f) | ((own >>> 7) & 0x10) | ((own << 4) & 0xe0);
  bytes[at + 3] = ((own >>> 4) & 0x7f) | ((own >>> 13) & 0x80);
}

/** Answers how many bytes are done with. */
function undoAuipc(view: DataView, at: number, position: number): number {
  const auipc = view.getUint32(at, true);
  if ((auipc & 0xe80) !== 0) {
    // The registers 0 and 2 aside: a pair was turned around only so that it can be told from one that the filter made.
    const second = view.getUint32(at + 4, true);
    if (!isPair(auipc, second)) return 6;
    view.setUint32(at, opcode.auipc | (marked << 7) | (second << 12), true);
    view.setUint32(at + 4, (auipc & 0xfffff000) + (second >>> 20), true);
    return 8;
  }
  if (!isTurned(auipc)) return 4;
  const own = view.getUint32(at + 4) - position;
  view.setUint32(at, opcode.auipc | ((auipc >>> 27) << 7) | ((own + 0x800) & 0xfffff000), true);
  view.setUint32(at + 4, (auipc >>> 12) | (own << 20), true);
  return 8;
}
