import { undoArmThumb } from './arm-thumb.ts';
import { undoDelta } from './delta.ts';
import type { UndoFilter } from './filter.ts';
import { undoArm, undoArm64, undoPowerPc, undoSparc } from './fixed-width.ts';
import { undoIa64 } from './ia64.ts';
import { undoRiscv } from './riscv.ts';
import { undoX86 } from './x86.ts';

/** A filter of a block, as its header names it. */
export interface XzFilter {
  /** With its properties, such as `delta:4` or `x86@4096`. */
  readonly form: string;
  /** Where the code is taken to begin. */
  readonly startOffset: number;
  /** Each block begins anew. */
  begin(): UndoFilter;
}

/** Filters of branches, section 5.3.2: name, what the start offset is a multiple of, and how to begin. */
const branchFilters: ReadonlyMap<number, readonly [string, number, () => UndoFilter]> = new Map<
  number,
  readonly [string, number, () => UndoFilter]
>([
  [4, ['x86', 1, undoX86]],
  [5, ['PowerPC', 4, () => undoPowerPc]],
  [6, ['IA-64', 16, () => undoIa64]],
  [7, ['ARM', 4, () => undoArm]],
  [8, ['ARM-Thumb', 2, () => undoArmThumb]],
  [9, ['SPARC', 4, () => undoSparc]],
  [10, ['ARM64', 4, () => undoArm64]],
  [11, ['RISC-V', 2, () => undoRiscv]],
]);
const deltaId = 3;

/** The filter of this number with these properties; a text where there is none such, or they are not its own. */
export function filterOf(id: number, properties: Buffer): XzFilter | string {
  if (id === deltaId) {
    if (properties.byteLength !== 1) return 'the properties of delta are not one byte';
    const distance = properties.readUInt8(0) + 1;
    return { form: `delta:${distance}`, startOffset: 0, begin: () => undoDelta(distance) };
  }
  const known = branchFilters.get(id);
  if (known === undefined) return `it uses an unknown filter, 0x${id.toString(16)}`;
  const [name, alignment, begin] = known;
  if (properties.byteLength === 0) return { form: name, startOffset: 0, begin };
  if (properties.byteLength !== 4) return `the properties of ${name} are not four bytes`;
  const startOffset = properties.readUInt32LE(0);
  if (startOffset % alignment !== 0) return `the start of ${name} is not a multiple of ${alignment}`;
  return { form: `${name}@${startOffset}`, startOffset, begin };
}
