import type { Part } from '#schemas/comparison.ts';
import { byName, compareNames } from '../../binary/by-name.ts';
import { assertionsOf, docstringOf, type NamedCode } from './code-objects.ts';
import { diffConstants } from './diff-constants.ts';
import { showText, showValue, type Value } from './marshal.ts';
import { assertionOpcode } from './version.ts';

/** Told of their own. */
const apart = new Set(['co_consts', 'co_filename']);

function diffNumbers(a: NamedCode, b: NamedCode, prefix: string): Part[] {
  return Object.keys(a.code.numbers)
    .filter((field) => a.code.numbers[field] !== b.code.numbers[field])
    .map((field) => {
      const shown = ({ code }: NamedCode): string => {
        const value = code.numbers[field] ?? 0;
        return field === 'co_flags' ? `0x${(value >>> 0).toString(16)}` : String(value);
      };
      return { kind: 'changed', name: `${prefix} ${field}`, a: shown(a), b: shown(b), offset: a.code.at };
    });
}

function diffDocstrings(a: NamedCode, b: NamedCode, prefix: string, minor: number): Part[] {
  const [one, other] = [docstringOf(a, minor), docstringOf(b, minor)];
  if (one?.id === other?.id) return [];
  return [
    {
      kind: one === undefined ? 'added' : other === undefined ? 'removed' : 'changed',
      name: `${prefix} docstring`,
      a: one === undefined ? null : showValue(a.reader, one),
      b: other === undefined ? null : showValue(b.reader, other),
      offset: one?.at ?? other?.at ?? a.code.at,
    },
  ];
}

function diffAssertions(a: NamedCode, b: NamedCode, prefix: string, minor: number): Part[] {
  const opcode = assertionOpcode[minor];
  if (opcode === undefined) return [];
  const [one, other] = [assertionsOf(a, opcode), assertionsOf(b, opcode)];
  if (one === other) return [];
  const offset = a.code.values['co_code']?.at ?? a.code.at;
  return [{ kind: 'changed', name: `${prefix} assertions`, a: String(one), b: String(other), offset }];
}

/** What differs in one code object, but for the code objects within it and the file's name. */
function diffCodeObject(a: NamedCode, b: NamedCode, minor: number): Part[] {
  const prefix = `code ${a.name}`;
  const docstrings = diffDocstrings(a, b, prefix, minor);
  const constants = diffConstants(a, b, prefix);
  const parts = [
    ...docstrings,
    ...diffAssertions(a, b, prefix, minor),
    ...diffNumbers(a, b, prefix),
    // The docstring is the first of them.
    ...constants.filter(({ name }) => docstrings.length === 0 || name !== `${prefix} co_consts[0]`),
  ];
  for (const [field, one] of Object.entries(a.code.values)) {
    const other = b.code.values[field];
    if (other === undefined || apart.has(field) || one.ordered === other.ordered) continue;
    const kind = one.id === other.id ? 'reordered' : 'changed';
    const [shownA, shownB] = [showValue(a.reader, one), showValue(b.reader, other)];
    parts.push({ kind, name: `${prefix} ${field}`, a: shownA, b: shownB, offset: one.at });
  }
  return parts;
}

/** `co_filename` once where all that differ do so alike, else of each code object by itself. */
function diffFilenames(pairs: readonly (readonly [NamedCode, NamedCode])[]): Part[] {
  const filename = ({ code }: NamedCode): Value | undefined => code.values['co_filename'];
  const parts = pairs
    .filter(([a, b]) => filename(a)?.id !== filename(b)?.id)
    .map(([a, b]): Part => ({
      kind: 'changed',
      name: `code ${a.name} co_filename`,
      a: showText(a.reader, filename(a)),
      b: showText(b.reader, filename(b)),
      offset: filename(a)?.at ?? a.code.at,
    }));
  const [first] = parts;
  const alike = parts.every(({ a, b }) => a === first?.a && b === first?.b);
  return first !== undefined && alike ? [{ ...first, name: 'co_filename' }] : parts;
}

function formDiffers(a: NamedCode, b: NamedCode): boolean {
  const [one, other] = [a.code.form, b.code.form];
  return one.length !== other.length || one.some((step, index) => step !== other[index]);
}

/** All code objects of two files, by their names. */
export function diffCodeObjects(a: readonly NamedCode[], b: readonly NamedCode[], minor: number): Part[] {
  const [codesA, codesB] = [byName(a), byName(b)];
  const pairs: [NamedCode, NamedCode][] = [];
  const parts: Part[] = [];
  for (const [key, one] of codesA) {
    const other = codesB.get(key);
    if (other !== undefined) pairs.push([one, other]);
    else parts.push({ kind: 'removed', name: `code ${one.name}`, a: 'there', b: null, offset: one.code.at });
  }
  for (const [key, { name, code }] of codesB) {
    if (!codesA.has(key))
      parts.push({ kind: 'added', name: `code ${name}`, a: null, b: 'there', offset: code.at });
  }
  parts.sort(compareNames);
  parts.unshift(...diffFilenames(pairs));
  for (const [one, other] of pairs) parts.push(...diffCodeObject(one, other, minor));
  const formed = pairs.find(([one, other]) => formDiffers(one, other));
  if (formed !== undefined) parts.push({ kind: 'changed', name: 'marshal form', offset: formed[0].code.at });
  return parts;
}
