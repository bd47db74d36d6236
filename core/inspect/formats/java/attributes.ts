import { MalformedBinary } from '../../binary/binary-reader.ts';
import { ForwardReader } from '../../binary/forward-reader.ts';
import type { ConstantPool } from './constant-pool.ts';
import { readInstruction } from './opcodes.ts';

export interface Attribute {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const unitsEach = 128;
const nameMax = 200;
const depthMax = 16;
/** Stands for the table of exceptions of a method's code, which is no attribute. */
export const codeExceptions = 'code exceptions';

/** A table of attributes, JVMS 4.7. @throws MalformedBinary, WorkSpent */
export function readAttributes(input: ForwardReader, pool: ConstantPool): Attribute[] {
  const count = input.u16();
  const attributes: Attribute[] = [];
  while (attributes.length < count) {
    pool.work.spend(unitsEach);
    const name = pool.text(input.u16(), nameMax);
    const { at: start, end } = input.within(input.u32());
    attributes.push({ name, start, end });
  }
  return attributes;
}

/**
 * What the attributes with indices into the pool are made of: `C` such an index, digits so many bytes, `[…]` a list
 * counted by two bytes, `{…}` one counted by one, `A` attributes. JVMS 4.7.
 */
const layouts: Readonly<Record<string, string>> = {
  ConstantValue: 'C',
  Exceptions: '[C]',
  InnerClasses: '[CCC2]',
  EnclosingMethod: 'CC',
  Signature: 'C',
  SourceFile: 'C',
  NestHost: 'C',
  NestMembers: '[C]',
  PermittedSubclasses: '[C]',
  ModuleMainClass: 'C',
  ModulePackages: '[C]',
  Module: 'C2C[C2C][C2[C]][C2[C]][C][C[C]]',
  BootstrapMethods: '[C[C]]',
  MethodParameters: '{C2}',
  LocalVariableTable: '[22CC2]',
  LocalVariableTypeTable: '[22CC2]',
  Record: '[CCA]',
  RuntimeVisibleAnnotations: '[@]',
  RuntimeInvisibleAnnotations: '[@]',
  RuntimeVisibleParameterAnnotations: '{[@]}',
  RuntimeInvisibleParameterAnnotations: '{[@]}',
  AnnotationDefault: '=',
  StackMapTable: '[#]',
  Code: '22!A',
  // Part of the code.
  [codeExceptions]: '[222C]',
};

/** Spells an attribute out with the numbers of constants instead of their indices, so that two pools compare. */
export class Speller {
  readonly #pool: ConstantPool;
  readonly #out: (number | string)[] = [];

  constructor(pool: ConstantPool) {
    this.#pool = pool;
  }

  /** Equal for attributes that say the same. @throws MalformedBinary */
  static spell({ name, start, end }: Attribute, input: ForwardReader, pool: ConstantPool): string {
    const speller = new Speller(pool);
    speller.#attribute(name, new ForwardReader(input.reader, start, end), 0);
    return speller.#out.join(' ');
  }

  #attribute(name: string, input: ForwardReader, depth: number): void {
    if (depth > depthMax) throw new MalformedBinary('attributes too deep');
    this.#layout(layouts[name] ?? '', input, depth);
    this.#raw(input, input.end - input.at);
  }

  #raw(input: ForwardReader, size: number): void {
    if (size > 0) this.#out.push(Buffer.from(input.take(size)).toString('hex'));
  }

  #constant(input: ForwardReader): void {
    this.#out.push(this.#pool.id(input.u16()));
  }

  #layout(layout: string, input: ForwardReader, depth: number): void {
    for (let at = 0; at < layout.length; at += 1) {
      const step = layout[at];
      if (step === 'C') this.#constant(input);
      else if (step === '[' || step === '{') {
        const end = closing(layout, at);
        this.#list(layout.slice(at + 1, end), step === '[' ? input.u16() : input.u8(), input, depth);
        at = end;
      } else if (step === 'A') this.#attributes(input, depth);
      else if (step === '@') this.#annotation(input, depth);
      else if (step === '=') this.#element(input, depth);
      else if (step === '#') this.#frame(input);
      else if (step === '!') this.#code(input);
      else this.#raw(input, Number(step));
    }
  }

  #list(layout: string, count: number, input: ForwardReader, depth: number): void {
    this.#out.push(`${count}[`);
    for (let index = 0; index < count; index += 1) this.#layout(layout, input, depth);
    this.#out.push(']');
  }

  #attributes(input: ForwardReader, depth: number): void {
    for (const { name, start, end } of readAttributes(input, this.#pool)) {
      this.#out.push(name);
      this.#attribute(name, new ForwardReader(input.reader, start, end), depth + 1);
    }
  }

  /** JVMS 4.7.16 */
  #annotation(input: ForwardReader, depth: number): void {
    if (depth > depthMax) throw new MalformedBinary('annotations too deep');
    this.#constant(input);
    const count = input.u16();
    this.#out.push(count);
    for (let index = 0; index < count; index += 1) {
      this.#constant(input);
      this.#element(input, depth + 1);
    }
  }

  /** JVMS 4.7.16.1 */
  #element(input: ForwardReader, depth: number): void {
    if (depth > depthMax) throw new MalformedBinary('annotations too deep');
    const tag = String.fromCharCode(input.u8());
    this.#out.push(tag);
    if ('BCDFIJSZsc'.includes(tag)) this.#constant(input);
    else if (tag === 'e') this.#layout('CC', input, depth);
    else if (tag === '@') this.#annotation(input, depth + 1);
    else if (tag === '[') {
      const count = input.u16();
      this.#out.push(count);
      for (let index = 0; index < count; index += 1) this.#element(input, depth + 1);
    } else throw new MalformedBinary('no such element');
  }

  /** JVMS 4.7.4 */
  #frame(input: ForwardReader): void {
    const type = input.u8();
    this.#out.push(type);
    if (type < 64) return;
    if (type < 128) return this.#types(input, 1);
    if (type < 247) throw new MalformedBinary('no such frame');
    this.#raw(input, 2);
    if (type === 247) this.#types(input, 1);
    else if (type > 251 && type < 255) this.#types(input, type - 251);
    else if (type === 255) {
      this.#types(input, input.u16());
      this.#types(input, input.u16());
    }
  }

  #types(input: ForwardReader, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const tag = input.u8();
      this.#out.push(tag);
      if (tag === 7) this.#constant(input);
      else if (tag === 8) this.#raw(input, 2);
    }
  }

  /** Instructions and the table of exceptions. JVMS 4.7.3 */
  #code(input: ForwardReader): void {
    const code = input.within(input.u32());
    const start = code.at;
    while (!code.ended) {
      const { name, constant, operands } = readInstruction(code, start);
      this.#out.push(name);
      if (constant !== undefined) this.#out.push(this.#pool.id(constant));
      if (operands.byteLength > 0) this.#out.push(Buffer.from(operands).toString('hex'));
    }
    this.#layout('[222C]', input, 0);
  }
}

function closing(layout: string, at: number): number {
  let open = 0;
  for (let index = at; index < layout.length; index += 1) {
    const step = layout[index];
    if (step === '[' || step === '{') open += 1;
    else if (step === ']' || step === '}') open -= 1;
    if (open === 0) return index;
  }
  return layout.length;
}
