import type { Part } from '#schemas/comparison.ts';
import { unlessMalformed } from '../../binary/binary-reader.ts';
import { byName } from '../../binary/by-name.ts';
import { ForwardReader } from '../../binary/forward-reader.ts';
import { showSize } from '../../binary/show-bytes.ts';
import { codeExceptions, readAttributes, Speller, type Attribute } from './attributes.ts';
import type { ClassFile } from './class-file.ts';
import { readInstruction } from './opcodes.ts';

/** Larger ones are compared as bytes. */
const spelledMax = 131_072;

/** Attributes that are one constant, which is their value. */
const oneConstant = new Set(['ConstantValue', 'Signature', 'SourceFile', 'NestHost', 'ModuleMainClass']);

function bytesOf({ input }: ClassFile, { start, end }: Attribute): Uint8Array {
  return input.reader.bytes.subarray(start, end);
}

function spell(file: ClassFile, attribute: Attribute): string | undefined {
  if (attribute.end - attribute.start > spelledMax) return undefined;
  return unlessMalformed(() => Speller.spell(attribute, file.input, file.pool));
}

/** Whether two attributes of one name say the same; by their bytes where the pools are the same. */
function isSame(a: ClassFile, b: ClassFile, one: Attribute, other: Attribute, samePool: boolean): boolean {
  if (samePool) return Buffer.compare(bytesOf(a, one), bytesOf(b, other)) === 0;
  const [spelledA, spelledB] = [spell(a, one), spell(b, other)];
  if (spelledA === undefined || spelledB === undefined)
    return Buffer.compare(bytesOf(a, one), bytesOf(b, other)) === 0;
  return spelledA === spelledB;
}

function describe(file: ClassFile, attribute: Attribute): string {
  if (oneConstant.has(attribute.name) && attribute.end - attribute.start === 2)
    return file.pool.describe(file.input.reader.u16(attribute.start));
  return showSize(bytesOf(file, attribute));
}

interface Code {
  /** Of the instructions alone. */
  readonly size: number;
  readonly head: string;
  readonly handlers: Attribute;
  readonly instructions: readonly { readonly text: string; readonly key: string; readonly at: number }[];
  readonly attributes: readonly Attribute[];
}

/** JVMS 4.7.3 */
function readCode(file: ClassFile, { start, end }: Attribute): Code | undefined {
  if (end - start > spelledMax) return undefined;
  return unlessMalformed(() => {
    const input = new ForwardReader(file.input.reader, start, end);
    const head = `stack ${input.u16()}, locals ${input.u16()}`;
    const code = input.within(input.u32());
    const [from, size] = [code.at, code.end - code.at];
    const instructions: { text: string; key: string; at: number }[] = [];
    while (!code.ended) {
      const { name, constant, operands, at } = readInstruction(code, from);
      const digits = operands.byteLength === 0 ? '' : ` ${showSize(operands)}`;
      const raw = Buffer.from(operands).toString('hex');
      const id = constant === undefined ? '' : file.pool.id(constant);
      const named = constant === undefined ? '' : ` ${file.pool.describe(constant)}`;
      instructions.push({ text: `${name}${named}${digits}`, key: `${name} ${id} ${raw}`, at });
    }
    const handlersStart = input.at;
    input.take(input.u16() * 8);
    const handlers = { name: codeExceptions, start: handlersStart, end: input.at };
    return { size, head, handlers, instructions, attributes: readAttributes(input, file.pool) };
  });
}

/** The first instruction that differs, and how many bytes of code there are; then what the code has of its own. */
function diffCode(
  a: ClassFile,
  b: ClassFile,
  prefix: string,
  one: Attribute,
  other: Attribute,
  samePool: boolean,
): Part[] | undefined {
  const [codeA, codeB] = [readCode(a, one), readCode(b, other)];
  if (codeA === undefined || codeB === undefined) return undefined;
  const parts: Part[] = [];
  const name = `${prefix}code`;
  const first = codeA.instructions.findIndex(({ key }, index) => key !== codeB.instructions[index]?.key);
  const index = first === -1 ? codeA.instructions.length : first;
  if (first !== -1 || codeA.instructions.length !== codeB.instructions.length) {
    const shown = ({ size, instructions }: Code): string =>
      `${size} bytes, from ${instructions[index]?.text ?? 'its end'}`;
    const offset = codeA.instructions[index]?.at ?? one.start;
    parts.push({ kind: 'changed', name, a: shown(codeA), b: shown(codeB), offset });
  }
  if (codeA.head !== codeB.head)
    parts.push({ kind: 'changed', name: `${prefix}frame`, a: codeA.head, b: codeB.head, offset: one.start });
  if (!isSame(a, b, codeA.handlers, codeB.handlers, samePool))
    parts.push({
      kind: 'changed',
      name: `${prefix}exceptions`,
      a: describe(a, codeA.handlers),
      b: describe(b, codeB.handlers),
      offset: codeA.handlers.start,
    });
  parts.push(...diffAttributes(a, b, prefix, codeA.attributes, codeB.attributes, samePool));
  return parts.length === 0 ? undefined : parts;
}

/** Attributes of one thing, as `<prefix>attribute <name>`; a method's code as `<prefix>code` and what belongs to it. */
export function diffAttributes(
  a: ClassFile,
  b: ClassFile,
  prefix: string,
  attributesA: readonly Attribute[],
  attributesB: readonly Attribute[],
  samePool: boolean,
): Part[] {
  const parts: Part[] = [];
  const [mapA, mapB] = [byName(attributesA), byName(attributesB)];
  for (const key of [...new Set([...mapA.keys(), ...mapB.keys()])].sort()) {
    const [one, other] = [mapA.get(key), mapB.get(key)];
    const name = `${prefix}attribute ${(one ?? other)?.name ?? ''}`;
    if (one === undefined || other === undefined) {
      if (one !== undefined)
        parts.push({ kind: 'removed', name, a: describe(a, one), b: null, offset: one.start });
      if (other !== undefined)
        parts.push({ kind: 'added', name, a: null, b: describe(b, other), offset: other.start });
      continue;
    }
    if (isSame(a, b, one, other, samePool)) continue;
    const code = one.name === 'Code' ? diffCode(a, b, prefix, one, other, samePool) : undefined;
    parts.push(
      ...(code ?? [
        { kind: 'changed', name, a: describe(a, one), b: describe(b, other), offset: one.start } as const,
      ]),
    );
  }
  const order = (map: ReadonlyMap<string, Attribute>, other: ReadonlyMap<string, Attribute>): string =>
    [...map.keys()].filter((key) => other.has(key)).join('\n');
  if (order(mapA, mapB) !== order(mapB, mapA))
    parts.push({ kind: 'reordered', name: `${prefix}attributes`, ...offsetOf(attributesA) });
  return parts;
}

function offsetOf(attributes: readonly Attribute[]): { offset?: number } {
  const first = attributes[0];
  return first === undefined ? {} : { offset: first.start };
}
