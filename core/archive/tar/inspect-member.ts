import { decodeName } from '../names.ts';
import type { Place, Reading } from '../reading.ts';
import type { TarHeader } from './header.ts';
import type { Extension } from './member-fields.ts';

const hiddenMax = 4096;
const hidden = new Map<string, string | undefined>();

/** What stands where no field is, by the header's `form`: behind its texts, in its unused end, before an older name. */
function bytesHidden({ form, magic, typeflag }: TarHeader): string | undefined {
  const parts = JSON.parse(form) as unknown[];
  const [devices = '', tails = '', rest = ''] = parts.slice(1).map(String);
  // Read as numbers of every member by some, who stop at what is none.
  if (!/^(?:base-256|[0-7 \0]*)$/.test(devices)) return 'no number where that of a device stands';
  if (/[^|]/.test(tails)) return 'bytes behind a text';
  if (magic === 'ustar') return /\|[^|]/.test(rest) ? 'bytes behind the fields' : undefined;
  // Old sparse members keep their map there, and are a finding by themselves.
  if (rest === '' || (magic === 'gnu' && typeflag === 'S')) return undefined;
  return 'bytes where other versions of the format have the beginning of the name';
}

function knownHidden(header: TarHeader): string | undefined {
  const key = `${header.magic} ${header.typeflag}${header.form}`;
  if (hidden.has(key)) return hidden.get(key);
  const found = bytesHidden(header);
  if (hidden.size < hiddenMax) hidden.set(key, found);
  return found;
}

/** Findings about a member's header: bytes that some readers take for fields, a kind that its name contradicts. */
export function inspectHeader(
  reading: Reading,
  place: Place,
  header: TarHeader,
  name: string,
  offset: number,
): void {
  const bytes = knownHidden(header);
  if (bytes !== undefined) reading.find(place, 'nonzero-padding', `${bytes} in the header`, offset);
  // Of old, a folder was a file with a slash behind its name (tar(5)); some readers hold to that for new headers, too.
  if (name.endsWith('/') && header.typeflag !== '5')
    reading.find(
      place,
      'ambiguous-kind',
      `the name of a folder, type ${JSON.stringify(header.typeflag)}`,
      offset,
    );
}

/** Findings about a record that comes before the member of which it says something. `extended`: another one came before it. */
export function inspectRecord(
  reading: Reading,
  place: Place,
  header: TarHeader,
  extended: boolean,
  offset: number,
): void {
  if (header.typeflag === 'g' && extended)
    reading.find(place, 'unknown-record', 'a global record between a member and its own records', offset);
  if (header.typeflag === 'X')
    reading.find(place, 'unknown-record', 'a record of Solaris that others take for a file', offset);
  const bytes = knownHidden(header);
  if (bytes !== undefined)
    reading.find(place, 'nonzero-padding', `${bytes} in the header of a record`, offset);
}

/** What is believed of a member: the records of all kinds together, and what these and its header come to. */
interface Believed {
  readonly pax: ReadonlyMap<string, string>;
  readonly sparse: boolean;
  readonly nameBytes: Uint8Array;
  readonly size: number;
}

/** Sizes that the twelve octal digits of a header cannot spell: then a record has to. */
const headerSizeEnd = 8 ** 11;

/** pax keys by which some readers find holes, or another size, and others do not. */
const memberKeys: ReadonlySet<string> = new Set(['path', 'linkpath', 'size']);
const sizeKeys = /^(?:GNU\.sparse\.|SCHILY\.(?:realsize|sparse$)|SUN\.holesdata$)/;

/** A global record is not known to all readers, and some do not heed it. */
export function inspectGlobal(
  reading: Reading,
  place: Place,
  records: ReadonlyMap<string, string>,
  offset: number,
): void {
  const harmful = [...records.keys()].some((key) => memberKeys.has(key) || sizeKeys.test(key));
  if (harmful)
    reading.find(place, 'second-name', 'a global record gives every member a name or size', offset);
}

/** Findings about what the records before a member say of it, where readers believe one or the other. */
export function inspectExtensions(
  reading: Reading,
  place: Place,
  header: TarHeader,
  extension: Extension,
  { pax, sparse, nameBytes, size }: Believed,
  offset: number,
): void {
  const find = (id: 'second-name' | 'second-size' | 'sparse-member', detail: string) =>
    reading.find(place, id, detail, offset);
  const texts = (bytes: (Uint8Array | undefined)[]) =>
    new Set(bytes.flatMap((text) => (text === undefined ? [] : [Buffer.from(text).toString('latin1')])));
  const fromPax = (key: string) => {
    const value = pax.get(key);
    return value === undefined ? undefined : Buffer.from(value, 'latin1');
  };
  if (texts([extension.name, fromPax('path')]).size > 1) find('second-name', 'two records, each with a name');
  if (texts([extension.link, fromPax('linkpath')]).size > 1)
    find('second-name', 'two records, each with a target');
  // An empty value takes away what came before (POSIX.1-2017 pax): not all readers know.
  if (['path', 'linkpath'].some((key) => pax.get(key) === '')) find('second-name', 'a record without a name');
  if (size !== header.size && size < headerSizeEnd)
    find('second-size', `${size} bytes; the header says ${header.size}`);
  if (sparse) {
    const plain = pax.get('path');
    const own = pax.get('GNU.sparse.name');
    if (plain !== undefined && own !== undefined && plain !== own)
      find('second-name', `${decodeName(nameBytes).name}, ${plain} to others`);
  } else if ([...pax.keys()].some((key) => sizeKeys.test(key))) {
    find('sparse-member', 'a part of what makes a member with holes');
  }
}
