import { hexBytes, MalformedBinary } from '../../binary/binary-reader.ts';
import type { ForwardReader } from '../../binary/forward-reader.ts';
import type { Interner } from '../../interner.ts';
import type { Work } from '../../work.ts';

const utf8Tag = 1;
const long = 5;
const double = 6;
const unitsEach = 128;
const shownMax = 200;

/** Names of the kinds, and what their bytes are: `C` an index into the pool, digits so many bytes. JVMS 4.4. */
const kinds: Readonly<Record<number, readonly [name: string, layout: string]>> = {
  [utf8Tag]: ['Utf8', ''],
  3: ['Integer', '4'],
  4: ['Float', '4'],
  [long]: ['Long', '8'],
  [double]: ['Double', '8'],
  7: ['Class', 'C'],
  8: ['String', 'C'],
  9: ['Fieldref', 'CC'],
  10: ['Methodref', 'CC'],
  11: ['InterfaceMethodref', 'CC'],
  12: ['NameAndType', 'CC'],
  15: ['MethodHandle', '1C'],
  16: ['MethodType', 'C'],
  17: ['Dynamic', '2C'],
  18: ['InvokeDynamic', '2C'],
  19: ['Module', 'C'],
  20: ['Package', 'C'],
};

export interface Constant {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  readonly refs: readonly number[];
}

/** The constants of a class, by index; each has a number that equals that of an equal constant of the other side. */
export class ConstantPool {
  readonly constants: readonly (Constant | undefined)[];
  readonly start: number;
  readonly end: number;
  /** What reading the rest of the class costs is spent here, too. */
  readonly work: Work;
  readonly #input: ForwardReader;
  readonly #interner: Interner;
  readonly #ids: (number | undefined)[];

  /** @throws MalformedBinary, WorkSpent */
  constructor(input: ForwardReader, interner: Interner, work: Work) {
    this.#input = input;
    this.#interner = interner;
    this.work = work;
    this.start = input.at;
    const count = input.u16();
    work.spend(count * unitsEach);
    const constants: (Constant | undefined)[] = [undefined];
    while (constants.length < count) {
      const constant = readConstant(input);
      constants.push(constant);
      // The next index is not used. JVMS 4.4.5.
      if (constant.tag === long || constant.tag === double) constants.push(undefined);
    }
    this.constants = constants;
    this.end = input.at;
    this.#ids = [];
  }

  /** Equal for equal constants of both sides; -1 for index 0, where a format lets nothing be named. */
  id(index: number, depth = 0): number {
    if (index === 0) return -1;
    const known = this.#ids[index];
    if (known !== undefined) return known;
    const constant = this.constants[index];
    // A handle names a method, that a name and type, that a text: no constant leads further.
    if (constant === undefined || depth > 4) throw new MalformedBinary('no such constant');
    const { tag, start, end, refs } = constant;
    const own = refs.length * 2;
    const bytes = Buffer.from(this.#input.reader.slice(start + 1, end - start - 1 - own)).toString('latin1');
    const id = this.#interner.idOf(`${tag}:${refs.map((ref) => this.id(ref, depth + 1)).join(':')}:${bytes}`);
    this.#ids[index] = id;
    return id;
  }

  /** A text of the pool, at most `max` characters of it; empty where the index names none. */
  text(index: number, max = shownMax): string {
    const constant = this.constants[index];
    if (constant?.tag !== utf8Tag) return '';
    const { start, end } = constant;
    const text = Buffer.from(
      this.#input.reader.bytes.subarray(start + 3, Math.min(end, start + 3 + max * 3)),
    );
    return text.toString('utf8').slice(0, max);
  }

  /** Whether no constant is there twice. */
  isUnique(): boolean {
    const ids = new Set<number>();
    let constants = 0;
    this.constants.forEach((constant, index) => {
      if (constant === undefined) return;
      constants += 1;
      ids.add(this.id(index));
    });
    return ids.size === constants;
  }

  kind(index: number): string {
    return kinds[this.constants[index]?.tag ?? 0]?.[0] ?? 'nothing';
  }

  /** A constant in words, such as `java/io/PrintStream.println:(I)V`. */
  describe(index: number, depth = 0): string {
    const constant = this.constants[index];
    if (constant === undefined || depth > 4) return 'nothing';
    const { tag, start, end, refs } = constant;
    const inner = refs.map((ref) => this.describe(ref, depth + 1));
    if (tag === utf8Tag) return this.text(index);
    if (tag === 8) return `"${inner[0]}"`;
    if (tag === 3) return String(this.#input.reader.i32(start + 1));
    if (tag === long) return String(BigInt.asIntN(64, this.#input.reader.u64(start + 1)));
    if (tag === 12) return inner.join(':');
    if (refs.length > 0) return inner.join('.');
    return `0x${hexBytes(this.#input.reader.slice(start + 1, end - start - 1))}`;
  }
}

function readConstant(input: ForwardReader): Constant {
  const start = input.at;
  const tag = input.u8();
  const kind = kinds[tag];
  if (kind === undefined) throw new MalformedBinary('no such kind of constant');
  const refs: number[] = [];
  if (tag === utf8Tag) input.take(input.u16());
  for (const field of kind[1]) {
    if (field === 'C') refs.push(input.u16());
    else input.take(Number(field));
  }
  return { tag, start, end: input.at, refs };
}
