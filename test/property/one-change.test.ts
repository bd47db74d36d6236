import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Difference } from '#schemas/comparison.ts';
import { buildAr } from '#test/core/archive/build-ar.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 1500);

/** What all formats can say of a member. */
interface Member {
  readonly name: string;
  readonly data: Buffer;
  readonly executable: boolean;
  /** Minutes after some day in 2026. */
  readonly minutes: number;
}

/** One format, how a member's mode and time are spelled in its fields, and where its members' paths begin. */
interface Format {
  build(members: readonly Member[]): Buffer;
  readonly under: readonly string[];
}

function zip(members: readonly Member[]): Buffer {
  return buildZip(
    members.map(({ name, data, executable, minutes }) => ({
      name,
      data,
      method: name.length % 2 === 0 ? 8 : 0,
      mode: executable ? 0o100755 : 0o100644,
      date: 0x5c22,
      time: (Math.floor(minutes / 60) << 11) | ((minutes % 60) << 5),
    })),
  );
}

function tar(members: readonly Member[]): Buffer {
  return buildTar(
    members.map(({ name, data, executable, minutes }) => ({
      name,
      data,
      mode: executable ? 0o755 : 0o644,
      mtime: 1_767_225_600 + 60 * minutes,
    })),
  );
}

function ar(members: readonly Member[]): Buffer {
  return buildAr(
    members.map(({ name, data, executable, minutes }) => ({
      name: `${name}/`,
      data,
      mode: executable ? 0o100755 : 0o100644,
      mtime: 1_767_225_600 + 60 * minutes,
    })),
  );
}

const formats: Readonly<Record<string, Format>> = {
  zip: { build: zip, under: [] },
  tar: { build: tar, under: [] },
  ar: { build: ar, under: [] },
  'tar.gz': { build: (members) => gzipSync(tar(members)), under: [] },
  'tar.zst': { build: (members) => zstdCompressSync(tar(members)), under: [] },
  'a zip in a tar.gz': {
    build: (members) => gzipSync(buildTar([{ name: 'inner.zip', data: zip(members) }])),
    under: ['inner.zip'],
  },
  'a tar.gz in a zip': {
    build: (members) => buildZip([{ name: 'inner.tgz', data: gzipSync(tar(members)), method: 8 }]),
    under: ['inner.tgz'],
  },
};

interface Expected {
  readonly kind: Difference['kind'];
  readonly field?: string;
  readonly name: string | undefined;
}

/** One change, and the differences that it is. */
type Change = (members: readonly Member[], index: number) => { members: Member[]; expected: Expected[] };

function replace(members: readonly Member[], index: number, change: Partial<Member>): Member[] {
  return members.map((member, at) => (at === index ? { ...member, ...change } : member));
}

const changes: Readonly<Record<string, Change>> = {
  'a byte of a content': (members, index) => {
    const data = Buffer.from(members[index]?.data ?? '');
    data[data.byteLength >> 1] = (data[data.byteLength >> 1] ?? 0) ^ 1;
    return {
      members: replace(members, index, { data }),
      expected: [{ kind: 'content', name: members[index]?.name }],
    };
  },
  'a name': (members, index) => ({
    members: replace(members, index, { name: 'renamed' }),
    expected: [{ kind: 'renamed', name: members[index]?.name }],
  }),
  'a mode': (members, index) => ({
    members: replace(members, index, { executable: members[index]?.executable === false }),
    expected: [{ kind: 'metadata', field: 'mode', name: members[index]?.name }],
  }),
  'a time': (members, index) => ({
    members: replace(members, index, { minutes: ((members[index]?.minutes ?? 0) + 1) % 1440 }),
    expected: [{ kind: 'metadata', field: 'mtime', name: members[index]?.name }],
  }),
  'a member more': (members, index) => ({
    members: members.toSpliced(index, 0, {
      name: 'added',
      data: Buffer.from('new'),
      executable: false,
      minutes: 0,
    }),
    expected: [{ kind: 'extra', name: 'added' }],
  }),
  'a member less': (members, index) => ({
    members: members.toSpliced(index, 1),
    expected: [{ kind: 'missing', name: members[index]?.name }],
  }),
  'another order': (members, index) => ({
    members: [...members.slice(index), ...members.slice(0, index)],
    expected: index === 0 ? [] : [{ kind: 'order', name: undefined }],
  }),
};

const member = fc.record({
  name: fc.stringMatching(/^[a-z]{1,6}(\.txt)?$/),
  data: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  executable: fc.boolean(),
  minutes: fc.integer({ min: 0, max: 1439 }),
});
const members = fc.uniqueArray(
  member.filter(({ name }) => name !== 'renamed' && name !== 'added'),
  { minLength: 2, maxLength: 6, selector: ({ name }) => name },
);

/** Kinds that can set nothing aside: what is unpacked is another thing. */
const harmful = new Set(['a byte of a content', 'a name', 'a mode', 'a member more', 'a member less']);

describe.each(Object.entries(formats))('one change to a random %s', (_, { build, under }) => {
  it.each(Object.entries(changes))('%s is found, and named where it is', async (what, change) => {
    await fc.assert(
      fc.asyncProperty(members, fc.nat(), async (list, pick) => {
        const { members: other, expected } = change(list, pick % list.length);
        const [a, b] = [build(list), build(other)];
        const report = await compareSources(memorySource(a), memorySource(b));
        if (expected.length === 0) {
          expect(report.result).toBe('identical');
          return;
        }
        const own = report.differences.filter(({ kind }) => expected.some((each) => each.kind === kind));
        expect(own.map(({ kind, field, path }) => ({ kind, field, path }))).toEqual(
          expect.arrayContaining(
            expected.map(({ kind, field, name }) => ({
              kind,
              field,
              path: name === undefined ? [...under] : [...under, name],
            })),
          ),
        );
        // Nothing else is told to differ but what holds the change and what follows from where it stands.
        const named = new Set(expected.map(({ name }) => name));
        expect(
          report.differences.filter(({ path }) => path.length > under.length && !named.has(path.at(-1))),
        ).toEqual([]);
        if (harmful.has(what)) expect(report.result).toBe('different');
      }),
      { numRuns: Math.ceil(runs / 49) },
    );
  });
});
