import { BinaryReader, MalformedBinary } from '../../binary/binary-reader.ts';
import { ForwardReader } from '../../binary/forward-reader.ts';
import type { Interner } from '../../interner.ts';
import type { Work } from '../../work.ts';
import { readAttributes, type Attribute } from './attributes.ts';
import { ConstantPool } from './constant-pool.ts';

const unitsEachMember = 256;
const nameMax = 400;

/** A field or a method. JVMS 4.5, 4.6 */
export interface Member {
  /** `count:I`, `main([Ljava/lang/String;)V` */
  readonly name: string;
  readonly access: number;
  readonly start: number;
  readonly attributes: readonly Attribute[];
}

/** A class file, JVMS 4.1: where everything stands. */
export interface ClassFile {
  readonly input: ForwardReader;
  readonly minor: number;
  readonly major: number;
  readonly pool: ConstantPool;
  readonly access: number;
  readonly thisClass: number;
  readonly superClass: number;
  readonly interfaces: readonly number[];
  readonly fields: readonly Member[];
  readonly methods: readonly Member[];
  readonly attributes: readonly Attribute[];
  /** Where the class ends; bytes behind it are nobody's. */
  readonly end: number;
}

function readMembers(input: ForwardReader, pool: ConstantPool, separator: string, work: Work): Member[] {
  const count = input.u16();
  work.spend(count * unitsEachMember);
  const members: Member[] = [];
  while (members.length < count) {
    const start = input.at;
    const access = input.u16();
    const name = `${pool.text(input.u16(), nameMax)}${separator}${pool.text(input.u16(), nameMax)}`;
    members.push({ name, access, start, attributes: readAttributes(input, pool) });
  }
  return members;
}

/** @throws MalformedBinary, WorkSpent */
export function readClassFile(bytes: Uint8Array, interner: Interner, work: Work): ClassFile {
  const input = new ForwardReader(new BinaryReader(bytes, false));
  if (input.u32() !== 0xcafebabe) throw new MalformedBinary('no class file');
  const [minor, major] = [input.u16(), input.u16()];
  const pool = new ConstantPool(input, interner, work);
  const [access, thisClass, superClass] = [input.u16(), input.u16(), input.u16()];
  const interfaces = Array.from({ length: input.u16() }, () => input.u16());
  const fields = readMembers(input, pool, ':', work);
  const methods = readMembers(input, pool, '', work);
  const attributes = readAttributes(input, pool);
  return {
    input,
    minor,
    major,
    pool,
    access,
    thisClass,
    superClass,
    interfaces,
    fields,
    methods,
    attributes,
    end: input.at,
  };
}
