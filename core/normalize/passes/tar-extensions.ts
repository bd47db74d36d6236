import type { Entry } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { Pass } from '../pass.ts';
import { spellingBytes } from '../tar-form.ts';
import { paxTimeBytes } from '../tar-text.ts';

/** Keys whose values are compared as fields of the member, and where each stands. */
const values: Readonly<Record<string, (entry: Entry) => number | undefined>> = {
  path: ({ key }) => key.length,
  linkpath: ({ fields }) => Buffer.byteLength(fields['link'] ?? ''),
  uid: ({ fields }) => Buffer.byteLength(fields['uid'] ?? ''),
  gid: ({ fields }) => Buffer.byteLength(fields['gid'] ?? ''),
  uname: ({ fields }) => Buffer.byteLength(fields['uname'] ?? ''),
  gname: ({ fields }) => Buffer.byteLength(fields['gname'] ?? ''),
  mtime: ({ fields }) => paxTimeBytes(fields['mtime'] ?? ''),
  atime: ({ fields }) => paxTimeBytes(fields['pax_atime'] ?? ''),
  ctime: ({ fields }) => paxTimeBytes(fields['pax_ctime'] ?? ''),
};

/** A header block without its name and time, which are fields of their own. */
const headerBytes = 512 - 100 - 12;
const nameBytes = 100;
const widths = [8, 8, 8, 32, 32, 100, 8, 16];

/** Bytes of a pax record ("%d %s=%s\n") but for its value; its length counts its own digits. */
function recordBytes(key: string, valueBytes: number): number {
  const rest = Buffer.byteLength(` ${key}=\n`) + valueBytes;
  let digits = 1;
  while (String(rest + digits).length > digits) digits += 1;
  return rest + digits - valueBytes;
}

/** Bytes of the records of one side, values aside; undefined where one is no field of the member. */
function keysBytes(keys: string | null | undefined, entry: Entry | undefined): number | undefined {
  let bytes = 0;
  for (const key of keys?.split(' ') ?? []) {
    const valueBytes = entry === undefined ? undefined : values[key]?.(entry);
    if (valueBytes === undefined) return undefined;
    bytes += recordBytes(key, valueBytes);
  }
  return bytes;
}

const magics: ReadonlySet<unknown> = new Set(['ustar', 'gnu', 'v7']);
/** A name is cut behind a hundred bytes, by some at the last slash before. */
const cutCharactersMin = 80;

/** Mode, owners, target, version and device of a record that is no member, in the order of the reader's `headerText`. */
function headerTextBytes(a: string | null | undefined, b: string | null | undefined): number | undefined {
  const [one, other] = [a, b].map((text) =>
    typeof text === 'string' ? (JSON.parse(text) as unknown[]) : undefined,
  );
  const usual = (parts: unknown[] | undefined) =>
    parts === undefined ||
    (parts[5] === '' && magics.has(parts[6]) && spellingBytes(String(parts[8]), String(parts[8])) === 0);
  if (!usual(one) || !usual(other)) return undefined;
  if (one === undefined || other === undefined) return headerBytes;
  const differing = widths.reduce((sum, width, at) => (one[at] === other[at] ? sum : sum + 2 * width), 0);
  const spelled = spellingBytes(String(one[8]), String(other[8]));
  return spelled === undefined ? undefined : differing + spelled;
}

/** What a reader that knows no extensions sees: nothing else than the start of what the others do. */
function isCut(value: string | null | undefined, whole: string | undefined): boolean {
  if (value === null || value === whole) return true;
  return value !== undefined && value.length >= cutCharactersMin && whole?.startsWith(value) === true;
}

function cutBytes(
  { a, b }: Delta,
  wholeA: string | undefined,
  wholeB: string | undefined,
): number | undefined {
  if (!isCut(a, wholeA) || !isCut(b, wholeB)) return undefined;
  return nameBytes * [a, b].filter((value) => value !== null).length;
}

/** A name that a reader of old gives to a file of its own can do no harm. */
function recordNameBytes({ a, b }: Delta): number | undefined {
  const names = [a, b].filter((value) => typeof value === 'string');
  const harmless = names.every(
    (name) => /^[\w@.+,=~ -]+(?:\/[\w@.+,=~ -]+)*$/.test(name) && !name.split('/').includes('..'),
  );
  return harmless ? nameBytes * names.length : undefined;
}

export const tarExtensions: Pass = {
  id: 'tar-extensions',
  title: 'Whether a tar has names, owners and times in its headers or in records before them',
  risk: 'A reader that knows no such records sees shorter names, and the records as files of their own.',
  touches: {
    formats: ['tar'],
    fields: [
      'header_link',
      'header_name',
      'long_link_header',
      'long_link_name',
      'long_name_header',
      'long_name_name',
      'pax_header_header',
      'pax_header_name',
      'pax_keys',
      'tar_global#_header',
      'tar_global#_name',
    ],
  },
  setsAside(delta) {
    const { field = '', a, b, entryA, entryB } = delta;
    if (field === 'header_name') return cutBytes(delta, entryA?.name, entryB?.name);
    if (field === 'header_link') return cutBytes(delta, entryA?.fields['link'], entryB?.fields['link']);
    if (field === 'pax_keys') {
      const [keysA, keysB] = [keysBytes(a, entryA), keysBytes(b, entryB)];
      return keysA === undefined || keysB === undefined ? undefined : keysA + keysB;
    }
    return field.endsWith('_header') ? headerTextBytes(a, b) : recordNameBytes(delta);
  },
};
