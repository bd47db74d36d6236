import { BinaryReader, hexBytes } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';
import { fieldsLook, type Field } from '../../binary/fields.ts';
import { showDifferences } from '../../binary/show-bytes.ts';
import { stringsLook } from '../../binary/strings.ts';
import {
  coffFields,
  debugFields,
  exportFields,
  optionalFields,
  resourceFields,
  sectionFields,
} from './headers.ts';

/** A GUID as it is spelled: its first three numbers are little endian. */
function guid(bytes: Uint8Array): string {
  const digits = hexBytes(
    Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (at) => bytes[at] ?? 0),
  );
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-').toUpperCase();
}

const codeViewFields: readonly Field[] = [
  { name: 'signature', size: 4 },
  { name: 'GUID', size: 16 },
  { name: 'age', size: 4, show: String },
];
const codeViewHead = 24;

/** Which PDB belongs to it: GUID, age, and the path that it was written to. */
const codeViewLook: Look = (name, a, b) => {
  const [headA, headB] = [a, b].map(({ bytes, start }) => ({
    bytes: bytes.subarray(0, codeViewHead),
    start,
  }));
  if (headA === undefined || headB === undefined) return undefined;
  const [readerA, readerB] = [new BinaryReader(a.bytes, true), new BinaryReader(b.bytes, true)];
  const parts = [...(fieldsLook(name, codeViewFields, true)(name, headA, headB) ?? [])].map((part) =>
    part.name === `${name} GUID`
      ? { ...part, a: guid(readerA.slice(4, 16)), b: guid(readerB.slice(4, 16)) }
      : part,
  );
  const [pathA, pathB] = [readerA.text(codeViewHead), readerB.text(codeViewHead)];
  if (pathA !== pathB)
    parts.push({ kind: 'changed', name: `${name} path`, a: pathA, b: pathB, offset: a.start + codeViewHead });
  return parts;
};

/** A module has a version identifier, which is made anew by each build that is not deterministic. ECMA-335, II.22.30 */
const guidsLook: Look = (name, a, b) => {
  if (a.bytes.byteLength !== 16 || b.bytes.byteLength !== 16) return undefined;
  return [{ kind: 'changed', name, a: guid(a.bytes), b: guid(b.bytes), offset: a.start }];
};

/** Which tools made the objects, as `product.build × count`. */
const richLook: Look = (name, a, b) => {
  const inWords = (bytes: Uint8Array): string => {
    const reader = new BinaryReader(bytes, true);
    const key = reader.u32(bytes.byteLength - 4);
    const texts: string[] = [];
    for (let at = 16; at + 16 <= bytes.byteLength; at += 8) {
      const [tool, count] = [(reader.u32(at) ^ key) >>> 0, (reader.u32(at + 4) ^ key) >>> 0];
      texts.push(`${tool >>> 16}.${tool & 0xffff} × ${count}`);
    }
    return texts.join(', ');
  };
  return [{ kind: 'changed', name, a: inWords(a.bytes), b: inWords(b.bytes), offset: a.start }];
};

/** The fields that say what a section is, under its name. */
const sectionHeaderLook: Look = (name, a, b) => fieldsLook(name, sectionFields, true)(name, a, b);

const debugDirectoryLook: Look = (name, a, b) => fieldsLook(name, debugFields, true)(name, a, b);

const certificatesLook: Look = (name, a, b) => {
  const [first] = showDifferences(name, a, b);
  return first === undefined
    ? undefined
    : [
        {
          ...first,
          a: `signature of ${a.bytes.byteLength} bytes`,
          b: `signature of ${b.bytes.byteLength} bytes`,
        },
      ];
};

/** Looks by the type of a region. `wide`: of 64 bits. */
export function looksOf(wide: boolean): Record<string, Look> {
  return {
    header: fieldsLook('header', coffFields, true),
    'optional header': fieldsLook('optional header', optionalFields(wide), true),
    'section header': sectionHeaderLook,
    strings: stringsLook,
    'debug directory': debugDirectoryLook,
    'debug CodeView': codeViewLook,
    'export directory': fieldsLook('export directory', exportFields, true),
    'resource directory': fieldsLook('resource directory', resourceFields, true),
    'metadata stream #Strings': stringsLook,
    'metadata stream #GUID': guidsLook,
    'Rich header': richLook,
    'certificate table': certificatesLook,
  };
}
