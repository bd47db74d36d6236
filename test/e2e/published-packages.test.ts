import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Lookup, RebuildResult } from '#schemas/rebuild.ts';
import { resultOf } from '#test/harness/e2e/run-cli.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';

const reproducible = [
  'idna@3.20',
  'click@8.5.1',
  'colorama@0.4.6',
  'rich@15.0.0',
  'flask@3.1.3',
  'packaging@26.3',
];

describe('published packages, rebuilt by the whole service', () => {
  let service: RunningService;
  const reproduced = new Map<string, RebuildResult>();

  beforeAll(async () => {
    service = await RunningService.start();
  });

  afterAll(async () => {
    await service?.remove();
  });

  it.each(reproducible)('%s is reproduced bit for bit, and exits 0', async (name) => {
    const run = await service.cli('rebuild', `pkg:pypi/${name}`, '--format', 'json');
    const result = resultOf(run);
    expect(result, run.stderr).toMatchObject({
      schemaVersion: 1,
      verdict: 'reproduced',
      level: 'SLSA_BUILD_LEVEL_1',
      differences: [],
    });
    expect(run.exit).toBe(0);
    const built = result.attempts.find(
      (attempt) => attempt.output?.digest.sha256 === result.artifact.digest?.sha256,
    );
    expect(built).toBeDefined();
    expect(result.attestations.map((attestation) => attestation.predicateType).toSorted()).toEqual(
      [comparisonPredicateType, provenancePredicateType].toSorted(),
    );
    reproduced.set(name, result);
  });

  it('certifi 2026.10.18 is equivalent, which is never called reproduced, and exits 1, or 0 where that is accepted', async () => {
    const run = await service.cli('rebuild', 'pkg:pypi/certifi@2026.10.18', '--format', 'json');
    const result = resultOf(run);
    expect(result, run.stderr).toMatchObject({ verdict: 'equivalent' });
    expect(result.passes.length).toBeGreaterThan(0);
    expect(run.exit).toBe(1);
    const table = await service.cli('wait', result.rebuild.id, '--accept', 'equivalent');
    expect(table.exit).toBe(0);
    for (const text of [run.stdout, run.stderr, table.stdout, table.stderr])
      expect(text).not.toMatch(/reproduced/i);
  });

  it('sniffio 1.3.1 is different: the members and fields are named, as is where it was built', async () => {
    const run = await service.cli('rebuild', 'pkg:pypi/sniffio@1.3.1', '--format', 'json');
    const result = resultOf(run);
    expect(result, run.stderr).toMatchObject({ verdict: 'different' });
    expect(run.exit).toBe(1);
    const fields = new Set(result.differences.map((difference) => difference.field));
    expect(fields).toContain('create_system');
    expect(fields).toContain('mode');
    expect(result.differences.some((difference) => difference.path.at(-1)?.endsWith('METADATA'))).toBe(true);
    expect(result.causes.map((cause) => cause.id)).toContain('line-ends');
  });

  it('filelock 4.2.11 is inconclusive, exits 3 and names the build dependency that the registry lacks', async () => {
    const run = await service.cli('rebuild', 'pkg:pypi/filelock@4.2.11', '--format', 'json');
    const result = resultOf(run);
    expect(result, run.stderr).toMatchObject({ verdict: 'inconclusive', reason: 'input-unavailable' });
    expect(result.detail).toMatch(/hatch/);
    expect(run.exit).toBe(3);
  });

  it('a version that does not exist exits 3 with a sentence that says so', async () => {
    const run = await service.cli('rebuild', 'pkg:pypi/idna@99.99');
    expect(run.exit).toBe(3);
    expect(run.stdout).toMatch(/99\.99/);
    expect(run.stdout).toMatch(/no (such )?version|does not exist|not found|has no/i);
  });

  it('answers anybody by purl and by digest, and says unknown where nobody asked', async () => {
    const idna = reproduced.get('idna@3.20');
    const byPurl = await fetch(`${service.url}/v1/verdicts?purl=${encodeURIComponent('pkg:pypi/idna@3.20')}`);
    expect((await byPurl.json()) as Lookup).toMatchObject({ verdict: 'reproduced' });
    const byDigest = await fetch(`${service.url}/v1/verdicts/sha256:${idna?.artifact.digest?.sha256}`);
    expect((await byDigest.json()) as Lookup).toMatchObject({ verdict: 'reproduced' });
    const nobody = await fetch(`${service.url}/v1/verdicts?purl=${encodeURIComponent('pkg:pypi/idna@2.0')}`);
    expect((await nobody.json()) as Lookup).toMatchObject({ verdict: 'unknown' });
  });

  it('gives bundles and a key with which the published file verifies offline, and nothing else does', async () => {
    const idna = reproduced.get('idna@3.20');
    const file = join(service.dataHome, idna?.artifact.file ?? '');
    const object = await fetch(`${service.url}/v1/objects/sha256:${idna?.artifact.digest?.sha256}`);
    await writeFile(file, new Uint8Array(await object.arrayBuffer()));
    const key = join(service.dataHome, 'key.pem');
    await writeFile(key, (await service.cli('key', 'export')).stdout);
    const got = await service.cli('attestation', 'get', file, '--output', service.dataHome);
    expect(got.exit, got.stderr).toBe(0);
    const stopped = await service.cli('verify', file, '--key', key);
    expect(stopped.exit, stopped.stdout + stopped.stderr).toBe(0);
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await writeFile(file, bytes);
    const changed = await service.cli('verify', file, '--key', key);
    expect(changed.exit).toBe(1);
    expect(changed.stdout).toMatch(/subject|digest/i);
  });

  it('with the registry unroutable, replays each reproduced one from its record to the same bytes', async () => {
    await service.down();
    await service.up({ ASSAY_PYPI_URL: 'http://127.0.0.1:9/simple' });
    for (const [name, original] of reproduced) {
      const run = await service.cli('rebuild', '--replay', original.rebuild.id, '--format', 'json');
      const result = resultOf(run);
      expect(result, `${name}: ${run.stderr}`).toMatchObject({
        verdict: 'reproduced',
        rebuild: { replayOf: original.rebuild.id },
      });
      expect(result.attempts[0]?.output?.digest).toEqual(original.artifact.digest);
      expect(run.exit).toBe(0);
    }
    expect(reproduced.size).toBe(reproducible.length);
  });
});
