import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { Comparison } from '#schemas/comparison.ts';
import { buildAr } from '#test/core/archive/build-ar.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { buildZip, type ZipMember } from '#test/core/archive/build-zip.ts';
import { compressXz } from '#test/core/archive/compress-xz.ts';
import { tinyArchives } from '#test/core/archive/tiny-archives.ts';

const compare = (a: Uint8Array, b: Uint8Array) =>
  compareSources(memorySource(a), memorySource(b), { findings: 'always' });

const data = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 100 }).map((text) => Buffer.from(text)),
);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,5})?(\.txt)?$/), {
  minLength: 1,
  maxLength: 5,
  selector: (name) => name.toLowerCase(),
});

const zipMembers: fc.Arbitrary<ZipMember[]> = names.chain((list) =>
  fc.tuple(
    ...list.map((name) =>
      fc.record({
        name: fc.constant(name),
        data,
        method: fc.constantFrom<0 | 8>(0, 8),
        mode: fc.constantFrom(0o100644, 0o100755),
        streamed: fc.boolean(),
      }),
    ),
  ),
);
const tarMembers: fc.Arbitrary<TarMember[]> = names.chain((list) =>
  fc.tuple(
    ...list.map((name) =>
      fc.record({
        name: fc.constant(name),
        data,
        mode: fc.constantFrom(0o644, 0o755),
        mtime: fc.integer({ min: 0, max: 2 ** 31 }),
      }),
    ),
  ),
);

const tiny = Object.entries(tinyArchives)
  .filter(([id]) => id !== 'bomb')
  .flatMap(([, archives]) => Object.values(archives ?? {}));

/** Made once: a process for each run would take minutes. */
const xzArchives = [[], ['-0'], ['--check=none'], ['--check=sha256'], ['--block-size=700']].map((options) =>
  compressXz(buildTar([{ name: 'a.txt', data: 'hello '.repeat(50) }, { name: 'b.txt' }]), ...options),
);

/** A well-formed archive of any kind, one nested in another now and then. */
const archive: fc.Arbitrary<Buffer> = fc.oneof(
  zipMembers.map((members) => buildZip(members)),
  tarMembers.map((members) => buildTar(members)),
  tarMembers.map((members) => gzipSync(buildTar(members))),
  tarMembers.map((members) => zstdCompressSync(buildTar(members))),
  tarMembers.map((members) =>
    buildAr([
      { name: 'debian-binary', data: '2.0\n' },
      { name: 'data.tar.zst', data: zstdCompressSync(buildTar(members)) },
      ...members.map(({ data: content }, at) => ({ name: `m${at}/`, data: content ?? '' })),
    ]),
  ),
  fc
    .tuple(zipMembers, tarMembers)
    .map(([inner, outer]) => gzipSync(buildTar([...outer, { name: 'inner.zip', data: buildZip(inner) }]))),
  fc
    .tuple(zipMembers, tarMembers)
    .map(([outer, inner]) =>
      buildZip([...outer, { name: 'inner.tgz', data: gzipSync(buildTar(inner)), method: 8 }]),
    ),
  fc.constantFrom(...xzArchives),
  fc
    .tuple(tarMembers, fc.constantFrom(...xzArchives))
    .map(([members, inner]) => buildTar([...members, { name: 'inner.tar.xz', data: inner }])),
  fc.constantFrom(...tiny),
);

/** Bytes changed, cut out, put in or cut off, at any place. */
const damage = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    how: fc.constantFrom('change', 'remove', 'insert', 'truncate', 'max'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function apply(bytes: Buffer, changes: readonly { at: number; how: string; bytes: Uint8Array }[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { at: where, how, bytes: piece } of changes) {
    const at = Math.floor(where * result.byteLength);
    if (how === 'change') result.set(piece.subarray(0, result.byteLength - at), at);
    else if (how === 'max') result.fill(0xff, at, Math.min(at + piece.byteLength, result.byteLength));
    else if (how === 'truncate') result = result.subarray(0, at);
    else {
      const from = how === 'remove' ? at + piece.byteLength : at;
      result = Buffer.concat([
        result.subarray(0, at),
        how === 'insert' ? piece : Buffer.alloc(0),
        result.subarray(from),
      ]);
    }
  }
  return result;
}

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 2500);

describe('reading any bytes', () => {
  it('never throws and stays within its bounds, whatever the bytes', async () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(archive, damage).map(([bytes, changes]) => apply(bytes, changes)),
    );
    const limits = { decodedBytesMax: 1_000_000, membersMax: 50, findingsMax: 20 };
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        const facts = await readFacts(memorySource(bytes), { texts: ['**'], nestedDigests: true, limits });
        expect(facts.members.length).toBeLessThanOrEqual(2 * limits.membersMax);
        expect(facts.findings.length).toBeLessThanOrEqual(limits.findingsMax);
        expect(facts.members.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(
          limits.decodedBytesMax,
        );
      }),
      { numRuns: 4 * runs },
    );
  }, 300_000);

  it('gives a report that its schema takes, of a pair of which one is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(archive, damage, async (bytes, changes) => {
        const damaged = apply(bytes, changes);
        const report = await compare(bytes, damaged);
        expect(Comparison.safeParse(report).error?.issues ?? []).toEqual([]);
        expect(report.result === 'identical').toBe(bytes.equals(damaged));
        if (report.result !== 'identical') expect(report.differencesTotal).toBeGreaterThan(0);
      }),
      { numRuns: runs },
    );
  }, 300_000);
});

const opposite = { a: 'b', b: 'a', both: 'both' } as const;
const mirrored = { missing: 'extra', extra: 'missing' } as const;

function swap(report: Comparison): Comparison {
  const sides = <T extends { a?: unknown; b?: unknown }>({ a, b, ...rest }: T) => ({
    ...rest,
    ...(b === undefined ? {} : { a: b }),
    ...(a === undefined ? {} : { b: a }),
  });
  return {
    ...report,
    a: report.b,
    b: report.a,
    differences: report.differences.map((difference) => {
      const { kind } = difference;
      return { ...sides(difference), kind: kind === 'missing' || kind === 'extra' ? mirrored[kind] : kind };
    }),
    findings: report.findings.map((finding) => ({ ...finding, side: opposite[finding.side] })),
    causes: report.causes.map((cause) => ({ ...cause, evidence: cause.evidence.map(sides) })),
  } as Comparison;
}

/** Findings of a side come in that side's order; as a set they are the same. */
function sorted(report: Comparison): Comparison {
  const key = (value: unknown) => JSON.stringify(value, Object.keys(value as object).sort());
  return { ...report, findings: [...report.findings].sort((x, y) => (key(x) < key(y) ? -1 : 1)) };
}

describe('a comparison', () => {
  it('is the same from either side, but for the names of the sides', async () => {
    await fc.assert(
      fc.asyncProperty(archive, archive, damage, fc.boolean(), async (one, another, changes, alike) => {
        const other = alike ? apply(one, changes) : another;
        expect(sorted(swap(await compare(other, one)))).toEqual(sorted(await compare(one, other)));
      }),
      { numRuns: runs },
    );
  }, 300_000);

  it('gives the same report of the same pair, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(archive, damage, async (bytes, changes) => {
        const damaged = apply(bytes, changes);
        expect(JSON.stringify(await compare(bytes, damaged))).toBe(
          JSON.stringify(await compare(bytes, damaged)),
        );
      }),
      { numRuns: runs / 5 },
    );
  }, 300_000);

  it('is equivalent after one byte changed only where all that is unpacked stays the same', async () => {
    await fc.assert(
      fc.asyncProperty(archive, fc.nat(), fc.integer({ min: 1, max: 255 }), async (bytes, place, change) => {
        const at = place % bytes.byteLength;
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        const report = await compare(bytes, changed);
        expect(report.differencesTotal).toBeGreaterThan(0);
        expect(report.result).not.toBe('identical');
        if (isTime(bytes, changed, at) && (await unpacked(changed)).readable)
          expect(report.result).toBe('equivalent');
        if (report.result === 'different') return;
        expect(report.passes.flatMap(({ fields }) => fields).length).toBeGreaterThan(0);
        expect(await unpacked(changed)).toEqual(await unpacked(bytes));
      }),
      { numRuns: 2 * runs },
    );
  }, 300_000);
});

/** What unpacking leaves on a disk, but for times: the files that hold no other archive, and how they are marked. */
async function unpacked(bytes: Buffer) {
  const { formats, members } = await readFacts(memorySource(bytes), { texts: [], nestedDigests: true });
  const opened = new Set(members.map(({ path }) => JSON.stringify(path.slice(0, -1))));
  const holdsOthers = (path: readonly string[]) =>
    opened.has(JSON.stringify(path)) ||
    (path.at(-1) === '(content)' && members.some((other) => other.path.length > path.length));
  return {
    readable: formats.length > 0,
    members: members
      .filter(({ path }) => !holdsOthers(path))
      .map(({ path, type, size, mode, sha256 }) => ({ path, type, size, mode, sha256 })),
  };
}

/** Whether the byte at `at` is of the time in a gzip's header, or in that of an ar's member and still a number there. */
function isTime(bytes: Buffer, changed: Buffer, at: number): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return at >= 4 && at < 8;
  if (!bytes.toString('latin1').startsWith('!<arch>\n')) return false;
  for (let start = 8; start <= at && start + 60 <= bytes.byteLength;) {
    if (at >= start + 16 && at < start + 28) {
      // As a writer spells it: left-aligned, without a zero before it.
      return /^(?:0|[1-9]\d*) *$/.test(changed.toString('latin1', start + 16, start + 28));
    }
    const size = Number(bytes.toString('latin1', start + 48, start + 58));
    start += 60 + size + (size % 2);
  }
  return false;
}

/** Sets a byte of the header at `start` and mends its checksum, as a forger would. */
function forge(tar: Buffer, start: number, at: number, value: number): Buffer {
  const copy = Buffer.from(tar);
  copy[start + at] = value;
  copy.fill(' ', start + 148, start + 156);
  const sum = copy.subarray(start, start + 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, start + 148, 'latin1');
  return copy;
}

/** The bytes of a header that passes may set aside: numbers as they are spelled, type, owners, device; a record's name. */
function mayBeSetAside(at: number, ofRecord: boolean): boolean {
  return (
    (ofRecord && (at < 100 || (at >= 345 && at < 500))) ||
    (at >= 100 && at < 148) ||
    at === 156 ||
    (at >= 265 && at < 345)
  );
}

describe('a tar header', () => {
  it('has no byte that can be changed, checksum mended and other times changed, and stay equivalent, but where unpacking stays the same', async () => {
    const members = tarMembers.map((list) => list.map((member) => ({ ...member, pax: { comment: 'x' } })));
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.constantFrom(0, 1024),
        fc.integer({ min: 0, max: 511 }),
        fc.integer({ min: 0, max: 255 }),
        async (list, start, at, value) => {
          fc.pre(at < 148 || at >= 156);
          const tar = buildTar(list);
          const later = buildTar(list.map((member) => ({ ...member, mtime: (member.mtime ?? 0) + 1 })));
          fc.pre(later[start + at] !== value);
          const forged = forge(later, start, at, value);
          const { result } = await compare(tar, forged);
          if (!mayBeSetAside(at, start === 0)) expect(result).toBe('different');
          if (result === 'equivalent') expect(await unpacked(forged)).toEqual(await unpacked(tar));
        },
      ),
      { numRuns: 2 * runs },
    );
  }, 300_000);
});

type Change = (members: ZipMember[], index: number) => { members: ZipMember[]; kind: string; field?: string };

const changes: Readonly<Record<string, Change>> = {
  content: (members, index) => ({
    members: members.map((m, i) =>
      i === index ? { ...m, data: Buffer.concat([Buffer.from(m.data ?? ''), Buffer.from('!')]) } : m,
    ),
    kind: 'content',
  }),
  mode: (members, index) => ({
    members: members.map((m, i) => (i === index ? { ...m, mode: 0o104755 } : m)),
    kind: 'metadata',
    field: 'mode',
  }),
  time: (members, index) => ({
    members: members.map((m, i) => (i === index ? { ...m, time: 0x1111 } : m)),
    kind: 'metadata',
    field: 'mtime',
  }),
  system: (members, index) => ({
    members: members.map((m, i) => (i === index ? { ...m, system: 0 } : m)),
    kind: 'metadata',
    field: 'create_system',
  }),
  comment: (members, index) => ({
    members: members.map((m, i) => (i === index ? { ...m, comment: 'hello' } : m)),
    kind: 'metadata',
    field: 'comment',
  }),
  missing: (members, index) => ({ members: members.filter((_, i) => i !== index), kind: 'missing' }),
};

describe('one change to a random archive', () => {
  it('is found, and the member and field are named', async () => {
    await fc.assert(
      fc.asyncProperty(
        zipMembers,
        fc.nat(),
        fc.constantFrom(...Object.keys(changes)),
        async (members, pick, what) => {
          const index = pick % members.length;
          const changed = changes[what]?.(members, index);
          if (changed === undefined) throw new Error('no such change');
          const report = await compare(buildZip(members), buildZip(changed.members));
          const found = report.differences.filter(
            ({ kind, field }) => kind === changed.kind && field === changed.field,
          );
          expect(found.map(({ path }) => path)).toEqual([[members[index]?.name]]);
          expect(report.differences.every(({ path }) => path[0] === members[index]?.name)).toBe(true);
          expect(report.result).toBe(['time', 'comment'].includes(what) ? 'equivalent' : 'different');
        },
      ),
      { numRuns: runs / 2 },
    );
  }, 300_000);
});

describe('passes', () => {
  it('set aside exactly the times that differ, name their members, and find nothing more once these agree', async () => {
    await fc.assert(
      fc.asyncProperty(
        tarMembers,
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        async (members, picked) => {
          const touched = members.filter((_, index) => picked[index]).map(({ name }) => name);
          const later = members.map((m) =>
            touched.includes(m.name) ? { ...m, mtime: (m.mtime ?? 0) + 1 } : m,
          );
          const report = await compare(gzipSync(buildTar(members)), gzipSync(buildTar(later)));
          expect(report.result).toBe(touched.length === 0 ? 'identical' : 'equivalent');
          expect(report.passes.flatMap((pass) => pass.members)).toEqual([...touched].sort());
          if (touched.length > 0) {
            expect(report.passes).toEqual([
              expect.objectContaining({ id: 'tar-times', fields: ['mtime'], bytes: 24 * touched.length }),
            ]);
          }
          const again = later.map((m) => ({
            ...m,
            mtime: members.find(({ name }) => name === m.name)?.mtime ?? 0,
          }));
          expect((await compare(gzipSync(buildTar(members)), gzipSync(buildTar(again)))).result).toBe(
            'identical',
          );
        },
      ),
      { numRuns: runs / 5 },
    );
  }, 300_000);

  it('hide no finding: with other times, each dangerous archive is still different from a harmless one', async () => {
    await fc.assert(
      fc.asyncProperty(
        zipMembers,
        fc.nat(),
        fc.constantFrom(0o104755, 0o102755, 0o120777, 0o020666),
        async (members, pick, mode) => {
          const index = pick % members.length;
          const other = members.map((m, i) => ({ ...m, time: 0x2222, ...(i === index ? { mode } : {}) }));
          const report = await compare(buildZip(members), buildZip(other));
          expect(report.result).toBe('different');
          expect(report.findings.filter(({ side }) => side === 'b').length).toBeGreaterThan(0);
        },
      ),
      { numRuns: runs / 5 },
    );
  }, 300_000);
});
