import type { BinaryReader } from '../../binary/binary-reader.ts';
import { showText, type Code, type Value } from './marshal.ts';

/** A code object by its qualified name, which several can have, such as `f.<locals>.<lambda>`. */
export interface NamedCode {
  readonly name: string;
  readonly code: Code;
  readonly reader: BinaryReader;
}

/** CO_OPTIMIZED and CO_NEWLOCALS: a function, as no module or class is. */
const functionFlags = 3;
/** CO_HAS_DOCSTRING, since 3.14. */
const hasDocstring = 0x4000000;

export function isFunction({ numbers }: Code): boolean {
  return ((numbers['co_flags'] ?? 0) & functionFlags) === functionFlags;
}

/** All code objects, each before those within it. 3.11 writes qualified names; before it they follow from the nesting. */
export function codeObjects(root: Value, reader: BinaryReader): NamedCode[] {
  const found: NamedCode[] = [];
  // A value can be referred to many times.
  const seen = new Set<Value>();
  const visit = (value: Value, prefix: string): void => {
    const { code, items } = value;
    if (seen.has(value)) return;
    seen.add(value);
    for (const item of items) visit(item, prefix);
    if (code === undefined) return;
    const own = showText(reader, code.values['co_name']);
    const qualified = showText(reader, code.values['co_qualname']);
    const full = qualified === '' ? `${prefix}${own}` : qualified;
    found.push({ name: full, code, reader });
    const inner = own === '<module>' ? '' : isFunction(code) ? `${full}.<locals>.` : `${full}.`;
    const consts = code.values['co_consts'];
    if (consts !== undefined) visit(consts, inner);
  };
  visit(root, '');
  return found;
}

/** The docstring of a function or a module: its first constant, where the flags or the version say so. */
export function docstringOf({ code, reader }: NamedCode, minor: number): Value | undefined {
  const first = code.values['co_consts']?.items[0];
  if (first?.kind !== 'text') return undefined;
  if (isFunction(code)) {
    return minor < 14 || ((code.numbers['co_flags'] ?? 0) & hasDocstring) !== 0 ? first : undefined;
  }
  return code.values['co_names']?.items.some((name) => showText(reader, name) === '__doc__') === true &&
    showText(reader, code.values['co_name']) === '<module>'
    ? first
    : undefined;
}

/** How many `assert` statements there are: one opcode each, every second byte. */
export function assertionsOf({ code, reader }: NamedCode, opcode: number): number {
  const value = code.values['co_code'];
  if (value === undefined) return 0;
  const bytes = reader.slice(value.at, value.size);
  let count = 0;
  for (let at = 0; at < bytes.byteLength; at += 2) if (bytes[at] === opcode) count += 1;
  return count;
}
