import { isStream, type Archive, type ContentFacts, type Entry, type Fields } from '#core/archive/entry.ts';
import { bounded } from '#core/archive/reading.ts';
import type { Delta } from './delta.ts';
import { membersByName } from './pairing/members-by-name.ts';
import { Renames } from './pairing/renames.ts';

/** Where a delta stands: by the names of the first file, and by those of the second where they are others. */
type Where = Pick<Delta, 'path' | 'pathB'>;

/** The place of a member that is called `nameA` in the first file and `nameB` in the second. */
function below({ path, pathB }: Where, nameA: string, nameB: string): Where {
  const [a, b] = [bounded(nameA), bounded(nameB)];
  const own = [...path, a];
  return pathB === undefined && a === b ? { path: own } : { path: own, pathB: [...(pathB ?? path), b] };
}

type Side = Pick<Delta, 'format' | 'entryA' | 'entryB' | 'archiveA' | 'archiveB'>;

/** A digest that only repeats what the content says: of no interest where the content differs. */
const followsContent =
  /^(?:gzip\d*_deflate|zstd\d*_frame|(?:xz|lzip|lzma)\d*_blocks|bzip2(?:\d*|_more)_blocks)$/;

function* diffFields(
  a: Fields,
  b: Fields,
  where: Where,
  side: Side,
  prefix: string,
  contentDiffers: boolean,
): Generator<Delta> {
  if (a === b) return;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const differing = new Set(names.filter((name) => a[name] !== b[name]));
  for (const name of differing) {
    if (contentDiffers && followsContent.test(name)) continue;
    yield {
      kind: 'metadata',
      ...where,
      field: `${prefix}${name}`,
      a: a[name] ?? null,
      b: b[name] ?? null,
      ...side,
    };
  }
}

function describe(entry: Entry): string {
  if (entry.content === undefined) return entry.type;
  return `${entry.type}, ${entry.content.size} bytes, sha256 ${entry.content.sha256}`;
}

function* diffOrder(
  a: Map<string, Entry>,
  b: Map<string, Entry>,
  where: Where,
  side: Side,
): Generator<Delta> {
  const orderA = [...a.keys()].filter((key) => b.has(key));
  const orderB = [...b.keys()].filter((key) => a.has(key));
  const first = orderA.findIndex((key, index) => key !== orderB[index]);
  if (first === -1) return;
  const moved = orderA.filter((key, index) => key !== orderB[index]).length;
  yield {
    kind: 'order',
    ...where,
    a: bounded(a.get(orderA[first] ?? '')?.name ?? ''),
    b: bounded(b.get(orderB[first] ?? '')?.name ?? ''),
    detail: `${moved} of ${orderA.length} members stand at another place; the first at place ${first + 1}`,
    ...side,
  };
}

function* diffContents(
  a: ContentFacts | undefined,
  b: ContentFacts | undefined,
  where: Where,
  side: Side,
  renames: Renames,
): Generator<Delta> {
  if (a?.sha256 === b?.sha256) return;
  if (a === undefined || b === undefined) {
    yield {
      kind: 'content',
      ...where,
      a: a === undefined ? null : `${a.size} bytes`,
      b: b === undefined ? null : `${b.size} bytes`,
      ...side,
    };
    return;
  }
  if (a.archive === undefined || a.archive.format !== b.archive?.format) {
    yield { kind: 'content', ...where, ...side };
    return;
  }
  let found = false;
  for (const delta of diffArchives(a.archive, b.archive, where, renames)) {
    found = true;
    yield delta;
  }
  if (!found) yield { kind: 'bytes', ...where, detail: 'the bytes differ where no field does', ...side };
}

/** A member of the first archive, and the one of the second that it is, if any. */
function* diffMembers(
  entryA: Entry,
  entryB: Entry | undefined,
  where: Where,
  whole: Side,
  renames: Renames,
): Generator<Delta> {
  if (entryB === undefined) {
    const own = below(where, entryA.name, entryA.name);
    yield { kind: 'missing', ...own, a: describe(entryA), b: null, ...whole, entryA };
    return;
  }
  const own = below(where, entryA.name, entryB.name);
  const side = { ...whole, entryA, entryB };
  const rename = renames.of(entryA);
  if (rename !== undefined) {
    const [a, b] = [bounded(entryA.name), bounded(entryB.name)];
    yield { kind: 'renamed', ...own, a, b, detail: rename.detail, pairedBy: rename.by, ...side };
  }
  const differs = entryA.content?.sha256 !== entryB.content?.sha256;
  yield* diffFields(entryA.fields, entryB.fields, own, side, '', differs);
  const [packedA, packedB] = [entryA.compressed, entryB.compressed];
  if (!differs && packedA !== packedB) {
    yield { kind: 'metadata', ...own, field: 'compressed', a: packedA ?? null, b: packedB ?? null, ...side };
  }
  yield* diffContents(entryA.content, entryB.content, own, side, renames);
}

/**
 * Every place where two archives of one format disagree, nested ones included. `where` leads to them; `renames` says which
 * members of other names are each other.
 */
export function* diffArchives(
  a: Archive,
  b: Archive,
  where: Where,
  renames: Renames = new Renames(),
): Generator<Delta> {
  const { format } = a;
  const whole = { format, archiveA: a, archiveB: b };
  if (isStream(format)) {
    const [entryA, entryB] = [a.entries[0], b.entries[0]];
    const differs = entryA?.content?.sha256 !== entryB?.content?.sha256;
    yield* diffFields(a.fields, b.fields, where, whole, '', differs);
    const side = {
      ...whole,
      ...(entryA === undefined ? {} : { entryA }),
      ...(entryB === undefined ? {} : { entryB }),
    };
    yield* diffContents(entryA?.content, entryB?.content, where, side, renames);
    return;
  }
  yield* diffFields(a.fields, b.fields, where, whole, `${format}_`, false);
  const membersA = membersByName(a);
  const membersB = membersByName(b);
  yield* diffOrder(membersA, membersB, where, whole);
  for (const [key, entryA] of membersA) {
    yield* diffMembers(entryA, membersB.get(key) ?? renames.of(entryA)?.b, where, whole, renames);
  }
  for (const [key, entryB] of membersB) {
    if (membersA.has(key) || !renames.isFree(entryB)) continue;
    const own = below(where, entryB.name, entryB.name);
    yield { kind: 'extra', ...own, a: null, b: describe(entryB), ...whole, entryB };
  }
}
