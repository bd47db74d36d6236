import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';
import { apply, archive, damage, tarMembers, zipMembers } from './archives.ts';

const compare = (a: Uint8Array, b: Uint8Array) =>
  compareSources(memorySource(a), memorySource(b), { findings: 'always' });

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 1000);

const opposite = { a: 'b', b: 'a', both: 'both' } as const;
const mirrored: Readonly<Record<string, string>> = {
  missing: 'extra',
  extra: 'missing',
  added: 'removed',
  removed: 'added',
};

function sides<T extends { a?: unknown; b?: unknown }>({ a, b, ...rest }: T) {
  return { ...rest, ...(b === undefined ? {} : { a: b }), ...(a === undefined ? {} : { b: a }) };
}

type Paths = { path?: readonly string[]; pathB?: readonly string[] | undefined };

/** What has another name on each side is told by that of `a` first. */
function paths<T extends Paths>({ path, pathB, ...rest }: T) {
  return pathB === undefined ? { path, ...rest } : { path: pathB, pathB: path, ...rest };
}

function swap(report: Comparison): Comparison {
  const renamed = new Map(report.differences.map(({ path, pathB = path }) => [JSON.stringify(path), pathB]));
  const names = new Map(
    report.differences.map(({ path, pathB = path }) => [path.join('!/'), pathB.join('!/')]),
  );
  return {
    ...report,
    a: report.b,
    b: report.a,
    differences: report.differences.map(({ kind, inside, ...difference }) => ({
      ...paths(sides(difference)),
      kind: mirrored[kind] ?? kind,
      ...(inside === undefined
        ? {}
        : {
            inside: {
              ...inside,
              parts: inside.parts.map((part) => ({ ...sides(part), kind: mirrored[part.kind] ?? part.kind })),
            },
          }),
    })),
    findings: report.findings.map((finding) => ({ ...paths(finding), side: opposite[finding.side] })),
    passes: report.passes.map((pass) => ({
      ...pass,
      members: pass.members.map((name) => names.get(name) ?? name).toSorted(),
    })),
    causes: report.causes.map((cause) => ({
      ...cause,
      evidence: cause.evidence.map((each) => ({
        ...sides(each),
        path: renamed.get(JSON.stringify(each.path)) ?? each.path,
      })),
    })),
  } as Comparison;
}

const key = (value: object) => JSON.stringify(value, Object.keys(value).sort());
const byKey = (one: object, other: object) => (key(one) < key(other) ? -1 : 1);
const sorted = <T extends object>(values: readonly T[]): T[] => [...values].sort(byKey);

/**
 * What does not hang on which side is `a`. All that is listed comes in the order of one side's names or places; a
 * change of the recipe makes `b` like `a`.
 */
function withoutSides(report: Comparison) {
  return {
    ...report,
    passes: report.passes.map((pass) => ({ ...pass, members: pass.members.toSorted() })),
    findings: sorted(report.findings),
    differences: sorted(report.differences).map(({ inside, ...difference }) => ({
      ...difference,
      ...(inside === undefined
        ? {}
        : {
            inside: {
              ...inside,
              parts: sorted(inside.parts.map(({ name: _name, offset: _offset, ...part }) => part)),
            },
          }),
    })),
    causes: report.causes.map(({ change: _change, evidence, ...cause }) => ({
      ...cause,
      evidence: sorted(evidence),
    })),
  };
}

describe('a comparison', () => {
  it('is the same from either side, but for the names of the sides', async () => {
    await fc.assert(
      fc.asyncProperty(archive, archive, damage, fc.boolean(), async (one, another, changes, alike) => {
        const other = alike ? apply(one, changes) : another;
        const there = withoutSides(swap(await compare(other, one)));
        expect(there).toEqual(withoutSides(await compare(one, other)));
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
