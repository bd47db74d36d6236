import { javaClass } from './formats/java-class.ts';
import { elf } from './formats/elf.ts';
import { pythonBytecode } from './formats/python-bytecode.ts';
import { bytes } from './formats/bytes.ts';
import { text } from './formats/text.ts';
import type { Inspector } from './inspector.ts';

/** All formats that are looked into, in the order in which they are asked; the first that can say where wins. */
export const inspectors: readonly Inspector[] = [
  elf,
  javaClass,
  pythonBytecode,
  // Whatever else is text, then whatever else.
  text,
  bytes,
];
