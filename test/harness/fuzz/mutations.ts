import fc from 'fast-check';

/** JSON as tests take it apart. */
type Json = unknown;
type Path = readonly string[];

/** Every place in `value`, the whole included. */
function placesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => placesOf(member, [...path, name]))];
}

const names =
  '__proto__ constructor toString mediaType payload sig subject predicate digest sha512 tlogEntries certificate publicKey x509CertificateChain messageSignature keyid'.split(
    ' ',
  );

const oddTexts = [
  '',
  ' ',
  '0',
  'AAAA',
  '====',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u00e9',
  'e\u0301',
  'https://evil.example/',
];
const longTexts = ['a'.repeat(70_000), '9'.repeat(40)];
const oddNumbers = [0, -1, 1e308, Number.MAX_SAFE_INTEGER];
const oddValues: readonly Json[] = [
  ...oddTexts,
  ...longTexts,
  ...oddNumbers,
  true,
  null,
  [],
  {},
  [[]],
  [null],
];

/** One structure-aware change of `value`, or up to four of them one after another. */
export function jsonMutated(value: Json): fc.Arbitrary<Json> {
  const change = fc.record({
    at: fc.nat(),
    other: fc.nat(),
    kind: fc.constantFrom('remove', 'add', 'replace', 'text', 'copy', 'repeat', 'wrap', 'number', 'nest'),
    name: fc.constantFrom(...names),
    odd: fc.oneof(fc.constantFrom(...oddValues), fc.jsonValue({ maxDepth: 3 })),
    position: fc.nat(),
    code: fc.integer({ min: 1, max: 0x2fff }),
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let mutated = structuredClone(value);
    for (const one of changes) mutated = applied(mutated, one);
    return mutated;
  });
}

interface Change {
  readonly at: number;
  readonly other: number;
  readonly kind: string;
  readonly name: string;
  readonly odd: Json;
  readonly position: number;
  readonly code: number;
}

function applied(root: Json, change: Change): Json {
  const places = placesOf(root);
  const path = places[change.at % places.length] ?? [];
  const old = valueAt(root, path);
  const elsewhere = valueAt(root, places[change.other % places.length] ?? []);
  if (change.kind === 'remove') return withValue(root, path, undefined) ?? null;
  if (change.kind === 'add' && isObject(old))
    return withValue(root, path, withMember(old, change.name, change.odd));
  if (change.kind === 'repeat' && Array.isArray(old)) return withValue(root, path, [...old, ...old]);
  return withValue(root, path, changedValue(old, elsewhere, change));
}

function changedValue(old: Json, elsewhere: Json, { kind, odd, position, code }: Change): Json {
  if (kind === 'copy') return structuredClone(elsewhere);
  if (kind === 'wrap') return [old];
  if (kind === 'nest') return Array.from({ length: 80 }).reduce<Json>((inner) => ({ a: inner }), old);
  if (kind === 'number' && typeof old === 'string') return Number(old) || 1;
  if (kind === 'text' && typeof old === 'string' && old !== '') {
    const at = position % old.length;
    return old.slice(0, at) + String.fromCharCode(code) + old.slice(at + (code % 2));
  }
  return odd;
}

/** The text of `value` with one member of one of its objects there twice, with the same or another value. */
export function withMemberTwice(value: Json): fc.Arbitrary<string> {
  const objects = placesOf(value).filter((path) => {
    const at = valueAt(value, path);
    return isObject(at) && Object.keys(at).length > 0;
  });
  return fc
    .tuple(fc.constantFrom(...objects), fc.nat(), fc.jsonValue({ maxDepth: 1 }), fc.boolean(), fc.boolean())
    .map(([path, pick, odd, first, escaped]) => {
      const object = valueAt(value, path) as Record<string, Json>;
      const members = Object.keys(object);
      const name = members[pick % members.length] ?? '';
      const mark = '\u0001twice\u0001';
      const marked = JSON.stringify(
        withValue(value, path, first ? { [mark]: 0, ...object } : { ...object, [mark]: 0 }),
      );
      const spelled =
        escaped && name !== ''
          ? `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
          : name;
      return marked.replace(`${JSON.stringify(mark)}:0`, () => `"${spelled}":${JSON.stringify(odd)}`);
    });
}

/** `bytes` with a few of them flipped, cut out or put in. */
export function bytesFlipped(bytes: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.tuple(
    fc.nat({ max: bytes.length - 1 }),
    fc.integer({ min: 1, max: 255 }),
    fc.constantFrom('flip', 'cut', 'put', 'end'),
  );
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    let changed = Buffer.from(bytes);
    for (const [place, flip, kind] of changes) {
      const at = Math.min(place, changed.length);
      if (kind === 'flip' && at < changed.length) changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
      if (kind === 'cut')
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + (flip % 40))]);
      if (kind === 'put')
        changed = Buffer.concat([changed.subarray(0, at), Buffer.of(flip), changed.subarray(at)]);
      if (kind === 'end' && flip < 20) changed = changed.subarray(0, at);
    }
    return changed;
  });
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(root: Json, path: Path): Json {
  let value = root;
  for (const name of path)
    value = isObject(value) || Array.isArray(value) ? (value as Record<string, Json>)[name] : undefined;
  return value;
}

/** A copy with another value at `path`; `undefined` takes the member or element away. */
function withValue(root: Json, path: Path, value: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(root)) {
    const index = Number(name);
    return root.flatMap((member, n) => {
      if (n !== index) return [member as Json];
      const inner = withValue(member, rest, value);
      return inner === undefined ? [] : [inner];
    });
  }
  if (!isObject(root)) return root;
  const inner = withValue(root[name], rest, value);
  if (inner !== undefined) return withMember(root, name, inner);
  return Object.fromEntries(Object.entries(root).filter(([other]) => other !== name));
}

/** Defined, not assigned: `__proto__` becomes a member like any other. */
function withMember(object: Record<string, Json>, name: string, value: Json): Record<string, Json> {
  const copy = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, writable: true, configurable: true });
  return copy;
}
