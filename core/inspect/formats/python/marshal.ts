import { hexBytes, MalformedBinary, type BinaryReader } from '../../binary/binary-reader.ts';
import type { ForwardReader } from '../../binary/forward-reader.ts';
import type { Interner } from '../../interner.ts';
import type { Work } from '../../work.ts';

/** One value. Equal values of both sides have one `id`; `ordered` tells apart sets that were written in another order. */
export interface Value {
  readonly kind: 'none' | 'word' | 'number' | 'text' | 'bytes' | 'tuple' | 'list' | 'set' | 'dict' | 'code';
  readonly id: number;
  readonly ordered: number;
  /** Where its content stands. */
  readonly at: number;
  readonly size: number;
  readonly items: readonly Value[];
  readonly code?: Code;
}

/** A code object with its fields by the names that CPython gives them. */
export interface Code {
  readonly at: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, Value>>;
  /** Kinds and references of the values, in order: with the values, this is all that its bytes say. */
  readonly form: readonly number[];
}

const unitsEach = 256;
const depthMax = 200;
const itemsShownMax = 12;
const shownMax = 160;
const digitsShownMax = 64;
const refFlag = 0x80;

const words: Readonly<Record<string, string>> = {
  N: 'None',
  F: 'False',
  T: 'True',
  S: 'StopIteration',
  '.': '...',
};

/** Fields of a code object in the order in which they are written, `#` before numbers. CPython, marshal.c. */
function fieldsOf(minor: number): readonly string[] {
  const positional = minor >= 8 ? ' #co_posonlyargcount' : '';
  const locals = minor >= 11 ? '' : ' #co_nlocals';
  const head = `#co_argcount${positional} #co_kwonlyargcount${locals} #co_stacksize #co_flags co_code co_consts co_names`;
  const rest =
    minor >= 11
      ? 'co_localsplusnames co_localspluskinds co_filename co_name co_qualname #co_firstlineno co_linetable co_exceptiontable'
      : 'co_varnames co_freevars co_cellvars co_filename co_name #co_firstlineno co_linetable';
  return `${head} ${rest}`.split(' ');
}

/** Reads what CPython's marshal wrote for the version 3.`minor`. Its methods throw MalformedBinary and WorkSpent. */
export class MarshalReader {
  readonly #input: ForwardReader;
  readonly #fields: readonly string[];
  readonly #interner: Interner;
  readonly #work: Work;
  readonly #refs: (Value | undefined)[] = [];
  #form: number[] = [];

  constructor(input: ForwardReader, minor: number, interner: Interner, work: Work) {
    this.#input = input;
    this.#fields = fieldsOf(minor);
    this.#interner = interner;
    this.#work = work;
  }

  read(depth = 0): Value {
    this.#work.spend(unitsEach);
    if (depth > depthMax) throw new MalformedBinary('values too deep');
    const byte = this.#input.u8();
    this.#form.push(byte);
    const type = String.fromCharCode(byte & ~refFlag);
    if (type === 'r') return this.#reference();
    const place = (byte & refFlag) === 0 ? undefined : this.#refs.push(undefined) - 1;
    const value = this.#value(type, depth);
    if (place !== undefined) this.#refs[place] = value;
    return value;
  }

  #reference(): Value {
    const index = this.#input.u32();
    this.#form.push(index);
    const value = this.#refs[index];
    if (value === undefined) throw new MalformedBinary('a reference to nothing');
    return value;
  }

  #value(type: string, depth: number): Value {
    const input = this.#input;
    const word = words[type];
    if (word !== undefined) return this.#scalar('word', 0, type);
    switch (type) {
      case 'i':
        return this.#scalar('number', 4, 'i');
      case 'g':
        return this.#scalar('number', 8, type);
      case 'y':
        return this.#scalar('number', 16, type);
      case 'f':
        return this.#scalar('number', input.u8(), type);
      case 'l':
        return this.#scalar('number', Math.abs(input.i32()) * 2 + 4, type, -4);
      case 's':
        return this.#scalar('bytes', input.u32(), 'b');
      case 'u':
      case 't':
      case 'a':
      case 'A':
        return this.#scalar('text', input.u32(), 'u');
      case 'z':
      case 'Z':
        return this.#scalar('text', input.u8(), 'u');
      case ')':
        return this.#items('tuple', input.u8(), depth);
      case '(':
        return this.#items('tuple', input.u32(), depth);
      case '[':
        return this.#items('list', input.u32(), depth);
      case '<':
      case '>':
        return this.#items('set', input.u32(), depth);
      case ':':
        return this.#items('tuple', 3, depth);
      case 'c':
        return this.#code(depth);
      default:
        throw new MalformedBinary('no such value');
    }
  }

  /** `back`: how many bytes before the place belong to the content, too. */
  #scalar(kind: Value['kind'], size: number, key: string, back = 0): Value {
    const at = this.#input.at + back;
    this.#input.take(size + back);
    this.#work.spend(size);
    const content = Buffer.from(this.#input.reader.slice(at, size)).toString('latin1');
    const id = this.#interner.idOf(`${key}${content}`);
    return { kind, id, ordered: id, at, size, items: [] };
  }

  #items(kind: 'tuple' | 'list' | 'set', count: number, depth: number): Value {
    const at = this.#input.at;
    const items: Value[] = [];
    // Each takes a byte at least, so that a count beyond the bytes ends soon.
    while (items.length < count) items.push(this.read(depth + 1));
    const ids = items.map(({ id }) => id);
    if (kind === 'set') ids.sort((one, other) => one - other);
    const id = this.#interner.idOf(`${kind}:${ids.join()}`);
    const ordered = this.#interner.idOf(`${kind}>${items.map((item) => item.ordered).join()}`);
    return { kind, id, ordered, at, size: this.#input.at - at, items };
  }

  #code(depth: number): Value {
    const outer = this.#form;
    this.#form = [];
    const at = this.#input.at;
    const numbers: Record<string, number> = {};
    const values: Record<string, Value> = {};
    for (const field of this.#fields) {
      if (field.startsWith('#')) numbers[field.slice(1)] = this.#input.i32();
      else values[field] = this.read(depth + 1);
    }
    const code: Code = { at, numbers, values, form: this.#form };
    this.#form = outer;
    // In its parent it is only a name: what differs in it is told of itself.
    const id = this.#interner.idOf(`code:${values['co_name']?.id}`);
    return { kind: 'code', id, ordered: id, at, size: this.#input.at - at, items: [], code };
  }
}

function showNumber(reader: BinaryReader, { at, size }: Value): string {
  const type = String.fromCharCode(reader.u8(at - 1) & ~refFlag);
  if (type === 'i') return String(reader.i32(at));
  if (type === 'g') {
    const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + at, size);
    return String(view.getFloat64(0, true));
  }
  if (type !== 'l' || size > digitsShownMax * 2) return `number 0x${hexBytes(reader.slice(at, size))}`;
  let number = 0n;
  for (let digit = at + size - 2; digit >= at + 4; digit -= 2)
    number = (number << 15n) | BigInt(reader.u16(digit));
  return `${reader.i32(at) < 0 ? '-' : ''}${number}`;
}

/** A value as Python would spell it, cut short. */
export function showValue(reader: BinaryReader, value: Value, depth = 0): string {
  const { kind, at, size, items, id } = value;
  if (kind === 'word') return words[String.fromCharCode(reader.u8(at - 1) & ~refFlag)] ?? String(id);
  if (kind === 'number') return showNumber(reader, value);
  const content = Buffer.from(reader.slice(at, Math.min(size, shownMax)));
  const rest = size > shownMax ? '…' : '';
  if (kind === 'text') return `'${content.toString('utf8')}${rest}'`;
  if (kind === 'bytes') return `${size} bytes 0x${hexBytes(content, 16)}`;
  if (kind === 'code') return `code ${showText(reader, value.code?.values['co_name'])}`;
  if (depth > 2) return '…';
  const shown = items.slice(0, itemsShownMax).map((item) => showValue(reader, item, depth + 1));
  const list = `${shown.join(', ')}${items.length > itemsShownMax ? ', …' : ''}`.slice(0, 400);
  return kind === 'set'
    ? `frozenset({${list}})`
    : kind === 'list'
      ? `[${list}]`
      : `(${list}${items.length === 1 ? ',' : ''})`;
}

/** A text without its quotes. */
export function showText(reader: BinaryReader, value: Value | undefined): string {
  if (value?.kind !== 'text') return '';
  return Buffer.from(reader.slice(value.at, Math.min(value.size, 400))).toString('utf8');
}
