import { isStream, type Archive, type ContentFacts, type Entry, type Fields } from '#core/archive/entry.ts';
import { bounded } from '#core/archive/reading.ts';
import type { Delta } from './delta.ts';

type Side = Pick<Delta, 'format' | 'entryA' | 'entryB' | 'archiveA' | 'archiveB'>;

/** A digest that only repeats what the content says: of no interest where the content differs. */
const followsContent = /^(?:gzip\d*_deflate|zstd\d*_frame|xz\d*_blocks|bzip2(?:\d*|_more)_blocks)$/;

function* diffFields(
  a: Fields,
  b: Fields,
  path: readonly string[],
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
      path,
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

/** Members by name; the k-th of several of one name goes with the other side's k-th. */
function byKey(archive: Archive): Map<string, Entry> {
  const map = new Map<string, Entry>();
  const seen = new Map<string, number>();
  for (const entry of archive.entries) {
    const count = seen.get(entry.key) ?? 0;
    seen.set(entry.key, count + 1);
    map.set(`${entry.key}\0${count}`, entry);
  }
  return map;
}

function* diffOrder(
  a: Map<string, Entry>,
  b: Map<string, Entry>,
  path: readonly string[],
  side: Side,
): Generator<Delta> {
  const orderA = [...a.keys()].filter((key) => b.has(key));
  const orderB = [...b.keys()].filter((key) => a.has(key));
  const first = orderA.findIndex((key, index) => key !== orderB[index]);
  if (first === -1) return;
  const moved = orderA.filter((key, index) => key !== orderB[index]).length;
  yield {
    kind: 'order',
    path,
    a: bounded(a.get(orderA[first] ?? '')?.name ?? ''),
    b: bounded(b.get(orderB[first] ?? '')?.name ?? ''),
    detail: `${moved} of ${orderA.length} members stand at another place; the first at place ${first + 1}`,
    ...side,
  };
}

function* diffContents(
  a: ContentFacts | undefined,
  b: ContentFacts | undefined,
  path: readonly string[],
  side: Side,
): Generator<Delta> {
  if (a?.sha256 === b?.sha256) return;
  if (a === undefined || b === undefined) {
    yield {
      kind: 'content',
      path,
      a: a === undefined ? null : `${a.size} bytes`,
      b: b === undefined ? null : `${b.size} bytes`,
      ...side,
    };
    return;
  }
  if (a.archive === undefined || a.archive.format !== b.archive?.format) {
    yield { kind: 'content', path, ...side };
    return;
  }
  let found = false;
  for (const delta of diffArchives(a.archive, b.archive, path)) {
    found = true;
    yield delta;
  }
  if (!found) yield { kind: 'bytes', path, detail: 'the bytes differ where no field does', ...side };
}

/** Every place where two archives of one format disagree, nested ones included. `path` leads to them. */
export function* diffArchives(a: Archive, b: Archive, path: readonly string[]): Generator<Delta> {
  const { format } = a;
  const whole = { format, archiveA: a, archiveB: b };
  if (isStream(format)) {
    const [entryA, entryB] = [a.entries[0], b.entries[0]];
    const differs = entryA?.content?.sha256 !== entryB?.content?.sha256;
    yield* diffFields(a.fields, b.fields, path, whole, '', differs);
    yield* diffContents(entryA?.content, entryB?.content, path, {
      ...whole,
      ...(entryA === undefined ? {} : { entryA }),
      ...(entryB === undefined ? {} : { entryB }),
    });
    return;
  }
  yield* diffFields(a.fields, b.fields, path, whole, `${format}_`, false);
  const membersA = byKey(a);
  const membersB = byKey(b);
  yield* diffOrder(membersA, membersB, path, whole);
  for (const [key, entryA] of membersA) {
    const own = [...path, bounded(entryA.name)];
    const entryB = membersB.get(key);
    if (entryB === undefined) {
      yield { kind: 'missing', path: own, a: describe(entryA), b: null, ...whole, entryA };
      continue;
    }
    const side = { ...whole, entryA, entryB };
    const differs = entryA.content?.sha256 !== entryB.content?.sha256;
    yield* diffFields(entryA.fields, entryB.fields, own, side, '', differs);
    const [packedA, packedB] = [entryA.compressed, entryB.compressed];
    if (!differs && packedA !== packedB) {
      yield {
        kind: 'metadata',
        path: own,
        field: 'compressed',
        a: packedA ?? null,
        b: packedB ?? null,
        ...side,
      };
    }
    yield* diffContents(entryA.content, entryB.content, own, side);
  }
  for (const [key, entryB] of membersB) {
    if (membersA.has(key)) continue;
    yield {
      kind: 'extra',
      path: [...path, bounded(entryB.name)],
      a: null,
      b: describe(entryB),
      ...whole,
      entryB,
    };
  }
}
