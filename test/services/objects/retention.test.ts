import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FolderStore } from '#services/objects/folder-store.ts';
import { collect } from '#services/objects/retention.ts';

interface Held {
  readonly size: number;
  readonly ageMs: number;
  readonly referenced: 'always' | 'meanwhile' | 'never';
}

const now = new Date('2026-11-22T12:00:00Z');
const maxAgeMs = 100_000;

/** A folder that holds `held`, each object `ageMs` old; its digests in the same order. */
async function fill(
  folder: string,
  held: readonly Held[],
): Promise<{ store: FolderStore; digests: string[] }> {
  const store = await FolderStore.open(folder);
  const digests: string[] = [];
  for (const [index, { size, ageMs }] of held.entries()) {
    const bytes = Buffer.alloc(size, index);
    bytes.writeUInt16BE(index);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await store.put(sha256, Readable.from([bytes], { objectMode: false }), { sizeMax: 1000 });
    const storedAt = new Date(now.getTime() - ageMs);
    await utimes(join(folder, 'sha256', sha256.slice(0, 2), sha256), storedAt, storedAt);
    digests.push(sha256);
  }
  return { store, digests };
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-retention-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const heldObjects = fc.uniqueArray(
  fc.record({
    size: fc.integer({ min: 2, max: 100 }),
    ageMs: fc.integer({ min: 0, max: 200_000 }),
    referenced: fc.constantFrom('always', 'meanwhile', 'never'),
  }),
  { selector: ({ ageMs }) => ageMs, maxLength: 12 },
);

it(
  'removes just what is unreferenced and too old, or oldest while over the quota; never what is referenced',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(heldObjects, fc.integer({ min: 0, max: 1000 }), (held, quotaBytes) =>
        withFolder(async (folder) => {
          const { store, digests } = await fill(folder, held);
          const asked = new Map<string, number>();
          const collected = await collect({
            store,
            isReferenced: async (sha256) => {
              const times = (asked.get(sha256) ?? 0) + 1;
              asked.set(sha256, times);
              const referenced = held[digests.indexOf(sha256)]?.referenced;
              return referenced === 'always' || (referenced === 'meanwhile' && times > 1);
            },
            unreferencedMaxAgeMs: maxAgeMs,
            quotaBytes,
            now,
          });

          const expected = new Set<string>();
          let heldBytes = held.reduce((sum, { size }) => sum + size, 0);
          const oldestFirst = held.map((object, index) => ({ ...object, sha256: digests[index] ?? '' }));
          for (const object of oldestFirst.toSorted((a, b) => b.ageMs - a.ageMs)) {
            if (object.referenced !== 'never') continue;
            if (object.ageMs <= maxAgeMs && heldBytes <= quotaBytes) continue;
            expected.add(object.sha256);
            heldBytes -= object.size;
          }
          const left = new Set<string>();
          for await (const { sha256 } of store.list()) left.add(sha256);
          expect(new Set(collected.removed)).toEqual(expected);
          expect(left).toEqual(new Set(digests.filter((sha256) => !expected.has(sha256))));
          expect(collected.heldBytes).toBe(heldBytes);
          expect(collected.overQuota).toBe(heldBytes > quotaBytes);
          const freed = held.reduce((sum, { size }) => sum + size, 0) - heldBytes;
          expect(collected.freedBytes).toBe(freed);
        }),
      ),
      { numRuns: 30 },
    );
  },
);

it('asks for the last time, and removes, while no reference can come', async () => {
  await withFolder(async (folder) => {
    const { store, digests } = await fill(folder, [{ size: 10, ageMs: 200_000, referenced: 'never' }]);
    const events: string[] = [];
    await collect({
      store,
      isReferenced: () => {
        events.push('asked');
        return false;
      },
      exclusively: async (sha256, removeUnlessReferenced) => {
        events.push(`locked ${sha256}`);
        await removeUnlessReferenced();
        events.push(`unlocked, ${(await store.size(sha256)) ?? 'gone'}`);
      },
      unreferencedMaxAgeMs: maxAgeMs,
      quotaBytes: 1000,
      now,
    });
    expect(events).toEqual(['asked', `locked ${digests[0]}`, 'asked', 'unlocked, gone']);
  });
});

it('counts an object as new when it is stored again', async () => {
  await withFolder(async (folder) => {
    const { store, digests } = await fill(folder, [{ size: 2, ageMs: 200_000, referenced: 'never' }]);
    const again = Readable.from([Buffer.alloc(2)], { objectMode: false });
    await store.put(digests[0] ?? '', again, { sizeMax: 1000 });
    const options = { store, isReferenced: () => false, unreferencedMaxAgeMs: maxAgeMs, quotaBytes: 1000 };
    expect((await collect({ ...options, now: new Date() })).removed).toEqual([]);
  });
});
