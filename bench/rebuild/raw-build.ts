import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResolveReport } from '#schemas/jobs.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Caller } from '#services/control/control-plane.ts';
import { superviseChild } from '#services/embedded/child.ts';
import { dataFolder } from '#services/embedded/data-folder.ts';
import { processEnvironment } from '#services/embedded/environment.ts';
import { upstreamVariables } from '#services/embedded/upstreams.ts';
import { openGatewaySocket } from '#workers/rebuild/gateway-socket.ts';
import { ensureRootfs } from '#workers/rootfs/ensure-rootfs.ts';
import { createBubblewrap } from '#workers/sandbox/bubblewrap.ts';
import { findCgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import type { SandboxEvents } from '#workers/sandbox/sandbox.ts';
import { startBenchApi, type BenchApi } from '../bench-api.ts';

/** What the service found out and is taken as given here. */
export interface RawBuild {
  readonly artifact: Artifact;
  readonly recipe: Recipe;
  readonly source: Uint8Array;
  /** The service's cache of root file systems. */
  readonly rootfsFolder: string;
}

const silent: SandboxEvents = {
  stepStarted: () => undefined,
  stepEnded: () => undefined,
  line: () => undefined,
};

/**
 * The reference: the recipe's steps in the same sandbox and root file system, and nothing else that the service does. The
 * gateway is a second one of the same code and upstream, since a service's own gives grants to its own attempts only.
 */
export async function prepareRawBuild(
  build: RawBuild,
): Promise<{ run(): Promise<number>; close(): Promise<void> }> {
  const api = await startBenchApi();
  const gateway = await startGateway(api);
  const rootfs = await ensureRootfs(build.recipe.environment, { folder: build.rootfsFolder });
  const sandbox = createBubblewrap({
    folder: join(api.folder, 'sandbox'),
    cgroups: await findCgroupParents(),
  });
  let count = 0;
  return {
    run: async () => {
      count += 1;
      const folder = await mkdtemp(join(api.folder, 'attempt-'));
      await chmod(folder, 0o711);
      const inputs = await writeInputs(folder, build);
      const handover = join(folder, 'handover');
      await mkdir(handover);
      const { id, grant } = await takeGrant(api, build, count);
      const socket = await openGatewaySocket({ folder, gatewayUrl: gateway.url, grant });
      const { steps, variables, limits, outputs } = build.recipe;
      const start = performance.now();
      const { end, outputs: made } = await sandbox.run(
        { id, rootfs, inputs, steps, variables, limits, outputs, handover, gatewaySocket: socket.path },
        silent,
        new AbortController().signal,
      );
      const seconds = (performance.now() - start) / 1000;
      await socket.close();
      if (end.kind !== 'done' || made.length !== outputs.length)
        throw new Error(`the raw build did not end well: ${JSON.stringify(end)}`);
      return seconds;
    },
    close: async () => {
      await gateway.stop();
      await api.close();
    },
  };
}

async function writeInputs(folder: string, { recipe, source }: RawBuild): Promise<string> {
  const inputs = join(folder, 'inputs');
  await mkdir(inputs, { mode: 0o755 });
  await writeFile(join(inputs, recipe.source.file), source, { mode: 0o644 });
  for (const { path, text } of recipe.files) {
    const target = join(inputs, path.replace(/^in\//, ''));
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, text, { mode: 0o644 });
  }
  return inputs;
}

/** An attempt of its own on the second api: resolved as the service resolved it, then claimed for its grant. */
async function takeGrant(
  { plane, deps }: BenchApi,
  { artifact, recipe }: RawBuild,
  count: number,
): Promise<{ id: string; grant: string }> {
  const submitter: Caller = { subject: `token:bench-${count}`, scope: 'submitter' };
  const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: artifact.purl ?? '' });
  const claim = async (kind: 'resolve' | 'rebuild') => {
    const job = await deps.store
      .selectFrom('jobs')
      .select('id')
      .where('rebuild_id', '=', rebuild.id)
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow();
    return plane.claim({ subject: `worker:${kind}`, scope: `worker:${kind}` }, job.id, 'bench');
  };
  const resolve = await claim('resolve');
  const report: ResolveReport = { outcome: 'resolved', artifact, source: recipe.source, recipes: [recipe] };
  await plane.report(resolve.jobId, resolve.token, ResolveReport.parse(report));
  const lease = await claim('rebuild');
  const { gateway } = lease.input as { gateway?: { token: string } };
  if (gateway === undefined) throw new Error('the recipe asks for no registry');
  return { id: `${lease.jobId}-${lease.fence}`, grant: gateway.token };
}

async function startGateway(api: BenchApi): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = dataFolder(api.folder);
  const cwd = join(folder.scratch, 'gateway');
  await mkdir(cwd, { recursive: true });
  const environment = processEnvironment('gateway', {
    folder,
    secrets: api.secrets,
    databaseUrl: '',
    queueUrl: '',
    listen: { api: '', gateway: '127.0.0.1:0' },
    apiUrl: api.url,
    gatewayUrl: '',
    builderId: '',
    separateUsers: false,
    upstreams: await upstreamVariables(process.env, api.folder),
    cgroups: '',
    outside: process.env,
  });
  const main = fileURLToPath(new URL('../../services/gateway/main.ts', import.meta.url));
  let url = '';
  const child = await superviseChild(
    {
      name: 'gateway',
      argv: [process.execPath, main],
      cwd,
      environment: () => environment,
      stderr: 'inherit',
    },
    ({ listening }) => (url = listening?.replace(/\/+$/, '') ?? ''),
  );
  return { url, stop: () => child.stop() };
}
