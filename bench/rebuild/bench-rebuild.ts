import { join } from 'node:path';
import { Artifact } from '#schemas/artifact.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { resultOf } from '#test/harness/e2e/run-cli.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';
import { interleave } from '../pairs.ts';
import type { Row } from '../table.ts';
import { prepareRawBuild } from './raw-build.ts';
import { showStages, stagesOf, type Stages } from './stages.ts';

const purl = 'pkg:pypi/idna@3.20';
const pairsCount = 5;
/** May come on top of 1.2 times the raw build. */
const allowance = { factor: 1.2, seconds: 0.5 };

/** `assay rebuild` against a running service, from the shell and back, against the recipe's steps run raw. */
export async function benchRebuild(): Promise<Row[]> {
  const startedAt = performance.now();
  const service = await RunningService.start({ ASSAY_SANDBOX: 'bubblewrap', ASSAY_LOG_LEVEL: 'warn' });
  try {
    const up = secondsSince(startedAt);
    const first = await rebuild(service);
    console.log(
      `cold start, apart: service up in ${up.toFixed(1)} s, first rebuild in ${first.seconds.toFixed(1)} s (it makes the root file system)`,
    );
    const raw = await prepareRawBuild(await givenBy(service, first.result));
    try {
      // Each once unmeasured: the gateways have then kept what the build asks for.
      await interleave(
        1,
        async () => (await rebuild(service)).seconds,
        () => raw.run(),
      );
      const stages: Stages[] = [];
      const pairs = await interleave(
        pairsCount,
        async () => {
          const { seconds, result } = await rebuild(service);
          stages.push(await stagesOf(service.url, result, seconds));
          return seconds;
        },
        () => raw.run(),
      );
      console.log(`median of each stage of ours: ${showStages(stages)}`);
      const allowed = pairs.map(({ ours, reference }) => ({
        ours,
        reference: allowance.factor * reference + allowance.seconds,
      }));
      return [
        { name: `rebuild ${purl}`, unit: 's', pairs },
        {
          name: `as a part of what is allowed`,
          unit: 's',
          pairs: allowed,
          aim: `≤ 1; reference is ${allowance.factor} × raw + ${allowance.seconds} s`,
        },
      ];
    } finally {
      await raw.close();
    }
  } finally {
    await service.remove();
  }
}

async function rebuild(service: RunningService): Promise<{ seconds: number; result: RebuildResult }> {
  const start = performance.now();
  const run = await service.cli(
    'rebuild',
    purl,
    '--format',
    'json',
    '--output-dir',
    join(service.dataHome, 'out'),
  );
  const seconds = secondsSince(start);
  const result = resultOf(run);
  if (run.exit !== 0 || result.verdict !== 'reproduced')
    throw new Error(`${purl} is ${result.verdict} here: ${result.detail}\n${run.stderr}`);
  return { seconds, result };
}

async function givenBy(service: RunningService, result: RebuildResult) {
  const recipe = result.recipe?.recipe;
  if (recipe === undefined) throw new Error('a finished rebuild has a recipe');
  const response = await fetch(`${service.url}/v1/objects/sha256:${recipe.source.digest.sha256}`);
  if (!response.ok) throw new Error(`the source is not to be had: ${response.status}`);
  return {
    artifact: Artifact.parse(result.artifact),
    recipe,
    source: new Uint8Array(await response.arrayBuffer()),
    rootfsFolder: join(service.dataHome, 'assay', 'rootfs'),
  };
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
