/** What a .pyc's magic number says of the Python that wrote it. */
export interface PythonVersion {
  /** 3.7 is 7; undefined where it is older, or no number of CPython's. */
  readonly minor: number | undefined;
  readonly headerBytes: number;
}

/** Magic numbers from which a version of Python began. CPython, pycore_magic_number.h. */
const magics: readonly (readonly [from: number, minor: number])[] = [
  [3390, 7],
  [3400, 8],
  [3420, 9],
  [3430, 10],
  [3450, 11],
  [3500, 12],
  [3550, 13],
  [3600, 14],
  [3650, 15],
];
const newest = 3700;
/** PEP 552: flags, and a hash or the time and size of the source. */
const headerSince = 3390;
/** The size of the source joined its time. */
const sizeSince = 3190;

export function pythonVersion(magic: number): PythonVersion {
  if (magic >= newest || magic < sizeSince) return { minor: undefined, headerBytes: 8 };
  if (magic < headerSince) return { minor: undefined, headerBytes: 12 };
  return { minor: magics.findLast(([from]) => magic >= from)?.[1], headerBytes: 16 };
}

/** The opcode that an `assert` statement leaves, by minor version; 3.14 has none of its own. */
export const assertionOpcode: Readonly<Record<number, number>> = { 9: 74, 10: 74, 11: 74, 12: 74, 13: 23 };
