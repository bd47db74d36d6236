import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Lookup, RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';
import type { Running } from './describe-service.ts';
import { fetchResult, follow } from './follow.ts';
import { checkout, resultOf, type CliRun } from './run-cli.ts';
import type { Service } from './service.ts';

const examples = join(checkout, 'examples');

/** Recipes that a release manager supplies. */
export function describeSupplied(running: () => Running): void {
  const rebuildIn = (folder: string): Promise<CliRun> =>
    running().service.cli(
      'rebuild',
      '--recipe',
      join(folder, 'assay.yaml'),
      join(folder, 'dist', 'hello.tar.gz'),
      '--format',
      'json',
    );

  let honest: RebuildResult | undefined;

  it('reproduces the reproducible example', async () => {
    const run = await rebuildIn(join(examples, 'reproducible'));
    honest = resultOf(run);
    expect(honest, run.stderr).toMatchObject({ verdict: 'reproduced', recipe: { by: 'supplied' } });
    expect(run.exit).toBe(0);
  });

  it('finds the other example different, and names the file that holds the time of the build', async () => {
    const run = await rebuildIn(join(examples, 'timestamp'));
    const result = resultOf(run);
    expect(result, run.stderr).toMatchObject({ verdict: 'different' });
    expect(run.exit).toBe(1);
    expect(JSON.stringify(result.differences)).toContain('hello/build-info.txt');
    expect(result.causes.map((cause) => cause.id)).toContain('build-time-in-content');
  });

  it('refuses a supplied recipe whose source holds the artifact itself', async () => {
    const folder = join(running().folder, 'dishonest');
    await cp(join(examples, 'reproducible'), folder, { recursive: true });
    await mkdir(join(folder, 'src', 'kept'));
    await cp(join(folder, 'dist', 'hello.tar.gz'), join(folder, 'src', 'kept', 'data.bin'));
    const run = await rebuildIn(folder);
    expect(resultOf(run), run.stderr).toMatchObject({
      verdict: 'inconclusive',
      reason: 'artifact-in-source',
      attempts: [],
    });
    expect(run.exit).toBe(3);
  });

  it('never answers a look-up by purl or by digest from a supplied recipe, however honest', async () => {
    const { service } = running();
    const purl = 'pkg:pypi/hello-of-an-example@1.0';
    const again = honest as RebuildResult;
    const id = await submitAs(service, purl, again);
    await follow(service, id);
    expect(await fetchResult(service, id)).toMatchObject({ verdict: 'reproduced', artifact: { purl } });
    const digest = again.artifact.digest?.sha256 ?? '';
    for (const path of [`?purl=${encodeURIComponent(purl)}`, `/sha256:${digest}`]) {
      expect(await lookUp(service, path)).toMatchObject({ verdict: 'unknown', supplied: [] });
      // Who may see it finds it apart, and it does not answer for them either.
      const seen = await lookUp(service, path, service.adminToken);
      expect(seen.verdict).toBe('unknown');
      expect(seen.supplied.map((result) => result.rebuild.id)).toContain(id);
    }
  });
}

/** Asks for what was rebuilt already once more, now under the name of a package. */
async function submitAs(service: Service, purl: string, from: RebuildResult): Promise<string> {
  const { artifact, recipe } = from;
  const request = {
    kind: 'supplied',
    artifact: { purl, file: artifact.file, digest: artifact.digest },
    recipe: recipe?.recipe,
  } as RebuildRequest;
  const response = await fetch(`${service.url}/v1/rebuilds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const answer = (await response.json()) as RebuildResult;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer.rebuild.id;
}

async function lookUp(service: Service, path: string, token?: string): Promise<Lookup> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${service.url}/v1/verdicts${path}`, { headers });
  return (await response.json()) as Lookup;
}
