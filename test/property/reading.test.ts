import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { Comparison } from '#schemas/comparison.ts';
import { apply, archive, damage } from './archives.ts';

const compare = (a: Uint8Array, b: Uint8Array) =>
  compareSources(memorySource(a), memorySource(b), { findings: 'always' });

/** At least 10,000 cases are read; more on request. */
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
