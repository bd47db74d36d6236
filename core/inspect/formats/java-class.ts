/**
 * Java class files. Names of parts:
 *
 * - `version`: such as `55.0 (Java 11)`
 * - `constant pool` (`reordered` where only the order differs: then nothing below is told for its indices alone), and
 *   `constant Utf8`, `constant Integer` and so on for each constant that only one side has
 * - `access flags`, `class name`, `superclass`, `interfaces`
 * - `field count:I`, `method main([Ljava/lang/String;)V`: added or removed; `fields`, `methods`: reordered
 * - `method main([Ljava/lang/String;)V code` (the first instruction that differs), `… frame` (stack and locals),
 *   `… exceptions`, `… access flags`, `… attribute LineNumberTable` and so on; the same of a field
 * - `attribute SourceFile`, `attribute InnerClasses` and so on: those of the class
 * - `unnamed bytes`: behind the end of the class
 */
import type { Part } from '#schemas/comparison.ts';
import { hex, unlessMalformed } from '../binary/binary-reader.ts';
import { byName, compareNames } from '../binary/by-name.ts';
import { Interner } from '../interner.ts';
import { unnamedBytes } from '../binary/region.ts';
import { showSize } from '../binary/show-bytes.ts';
import type { Inspector } from '../inspector.ts';
import { readClassFile, type ClassFile } from './java/class-file.ts';
import { diffAttributes } from './java/diff-attributes.ts';
import { diffPools } from './java/diff-pool.ts';

/** The version of Java that first had 45; each later one counts one up. */
const majorOfJava1 = 44;

function versionOf({ major, minor }: ClassFile): string {
  return `${major}.${minor} (Java ${major - majorOfJava1}${minor === 0xffff ? ' with previews' : ''})`;
}

function diffMembers(a: ClassFile, b: ClassFile, kind: 'field' | 'method', samePool: boolean): Part[] {
  const parts: Part[] = [];
  const [membersA, membersB] = [byName(a[`${kind}s`]), byName(b[`${kind}s`])];
  for (const [key, one] of membersA) {
    const name = `${kind} ${one.name}`;
    const other = membersB.get(key);
    if (other === undefined) {
      parts.push({ kind: 'removed', name, a: hex(one.access), b: null, offset: one.start });
      continue;
    }
    if (one.access !== other.access)
      parts.push({
        kind: 'changed',
        name: `${name} access flags`,
        a: hex(one.access),
        b: hex(other.access),
        offset: one.start,
      });
    parts.push(...diffAttributes(a, b, `${name} `, one.attributes, other.attributes, samePool));
  }
  for (const [key, other] of membersB) {
    if (membersA.has(key)) continue;
    parts.push({
      kind: 'added',
      name: `${kind} ${other.name}`,
      a: null,
      b: hex(other.access),
      offset: other.start,
    });
  }
  parts.sort(compareNames);
  const orderA = [...membersA.keys()].filter((key) => membersB.has(key));
  const orderB = [...membersB.keys()].filter((key) => membersA.has(key));
  const first = orderA.findIndex((key, index) => key !== orderB[index]);
  if (first !== -1)
    parts.push({ kind: 'reordered', name: `${kind}s`, a: orderA[first] ?? null, b: orderB[first] ?? null });
  return parts;
}

function diffHeads(a: ClassFile, b: ClassFile): Part[] {
  const rows: [name: string, offset: number, indices: (file: ClassFile) => readonly number[]][] = [
    ['class name', 2, ({ thisClass }) => [thisClass]],
    ['superclass', 4, ({ superClass }) => [superClass]],
    ['interfaces', 6, ({ interfaces }) => interfaces],
  ];
  const parts: Part[] = [];
  const offset = a.pool.end;
  if (a.access !== b.access)
    parts.push({ kind: 'changed', name: 'access flags', a: hex(a.access), b: hex(b.access), offset });
  for (const [name, at, indices] of rows) {
    const ids = (file: ClassFile): string =>
      indices(file)
        .map((index) => file.pool.id(index))
        .join();
    const shown = (file: ClassFile): string =>
      indices(file)
        .map((index) => file.pool.describe(index))
        .join(', ');
    if (ids(a) !== ids(b))
      parts.push({ kind: 'changed', name, a: shown(a), b: shown(b), offset: offset + at });
  }
  return parts;
}

function bytesBehind(file: ClassFile): Uint8Array {
  return file.input.reader.bytes.subarray(file.end);
}

export const javaClass: Inspector = {
  id: 'java-class',
  title: 'Java class: version, constants, fields, methods and their code, attributes',
  recognises: (_name, head) =>
    // A Mach-O file for several architectures has the same magic number, and then their count: there are not so many.
    head[0] === 0xca &&
    head[1] === 0xfe &&
    head[2] === 0xba &&
    head[3] === 0xbe &&
    ((head[6] ?? 0) << 8) + (head[7] ?? 0) > majorOfJava1,
  inspect(a, b, work) {
    work.spend(a.byteLength + b.byteLength);
    return unlessMalformed(() => {
      const interner = new Interner();
      const [one, other] = [readClassFile(a, interner, work), readClassFile(b, interner, work)];
      const pools = [one, other].map(({ pool, input }) => input.reader.bytes.subarray(pool.start, pool.end));
      const samePool = Buffer.compare(pools[0] ?? a, pools[1] ?? b) === 0;
      const parts: Part[] = [];
      if (versionOf(one) !== versionOf(other))
        parts.push({ kind: 'changed', name: 'version', a: versionOf(one), b: versionOf(other), offset: 4 });
      if (!samePool) parts.push(...diffPools(one.pool, other.pool));
      parts.push(
        ...diffHeads(one, other),
        ...diffMembers(one, other, 'field', samePool),
        ...diffMembers(one, other, 'method', samePool),
        ...diffAttributes(one, other, '', one.attributes, other.attributes, samePool),
      );
      const [restA, restB] = [bytesBehind(one), bytesBehind(other)];
      const behind = Buffer.compare(restA, restB) !== 0;
      if (behind)
        parts.push({
          kind: 'changed',
          name: unnamedBytes,
          a: showSize(restA),
          b: showSize(restB),
          offset: one.end,
        });
      // Where a constant is there twice, two indices can mean the same: which is used is told nowhere.
      const unique = [one, other].every(({ pool }) => pool.isUnique());
      return { parts, complete: !behind && unique };
    });
  },
};
