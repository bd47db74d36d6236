import { arSymbols } from './formats/ar-symbols.ts';
import { pe } from './formats/pe.ts';
import { machO } from './formats/mach-o.ts';
import { wasm } from './formats/wasm.ts';
import { elf } from './formats/elf.ts';
import { pythonBytecode } from './formats/python-bytecode.ts';
import { bytes } from './formats/bytes.ts';
import { javaClass } from './formats/java-class.ts';
import { control, manifest, metadata } from './formats/headers.ts';
import { ini } from './formats/ini.ts';
import { json } from './formats/json.ts';
import { checksums, record, requirements } from './formats/lists.ts';
import { properties } from './formats/properties.ts';
import { text } from './formats/text.ts';
import { xml } from './formats/xml.ts';
import type { Inspector } from './inspector.ts';

/** All formats that are looked into, in the order in which they are asked; the first that can say where wins. */
export const inspectors: readonly Inspector[] = [
  elf,
  arSymbols,
  pe,
  machO,
  wasm,
  javaClass,
  pythonBytecode,
  json,
  xml,
  metadata,
  control,
  manifest,
  record,
  checksums,
  requirements,
  properties,
  ini,
  // Whatever else is text, then whatever else.
  text,
  bytes,
];
