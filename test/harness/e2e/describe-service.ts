import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { describeDisturbed } from './describe-disturbed.ts';
import { describeSupplied } from './describe-supplied.ts';
import { resultOf, runCli } from './run-cli.ts';
import { sharedRootfsFolder } from './rootfs-cache.ts';
import { unroutable, type ChosenSandbox, type Service } from './service.ts';

/** What each part of the suite is given; the service is there when its tests run. */
export interface Running<S extends Service = Service> {
  readonly service: S;
  readonly sandbox: ChosenSandbox;
  /** For the test's own files. */
  readonly folder: string;
}

const reproducible = ['idna@3.20', 'colorama@0.4.6'];

/** The one end-to-end suite of every way to run the service; `further` adds what only one way has. */
export function describeService<S extends Service>(
  name: string,
  chooseSandbox: () => Promise<ChosenSandbox>,
  start: (sandbox: ChosenSandbox, rootfs: string) => Promise<S>,
  further?: (running: () => Running<S>) => void,
): void {
  describe(name, () => {
    const reproduced = new Map<string, RebuildResult>();
    let begun: { folder: string; sandbox?: ChosenSandbox; service?: S } | undefined;

    const running = (): Running<S> => {
      const { sandbox, service, folder } = begun ?? {};
      if (!sandbox || !service || folder === undefined) throw new Error('the service was not started');
      return { sandbox, service, folder };
    };

    beforeAll(async () => {
      begun = { folder: await mkdtemp(join(tmpdir(), 'assay-e2e-files-')) };
      begun.sandbox = await chooseSandbox();
      begun.service = await start(begun.sandbox, await sharedRootfsFolder());
    });

    afterAll(async () => {
      await begun?.service?.remove();
      await begun?.sandbox?.stop();
      if (begun !== undefined) await rm(begun.folder, { recursive: true, force: true });
    });

    it.each(reproducible)('reproduces %s bit for bit, in the sandbox that was chosen', async (purl) => {
      const { service, sandbox } = running();
      const run = await service.cli('rebuild', `pkg:pypi/${purl}`, '--format', 'json');
      const result = resultOf(run);
      expect(result, run.stderr).toMatchObject({ verdict: 'reproduced', differences: [] });
      expect(run.exit).toBe(0);
      expect(result.attempts.at(-1)?.sandbox).toMatch(
        sandbox.kind === 'docker' ? /^docker / : /^bubblewrap /,
      );
      expect(result.attestations).toHaveLength(2);
      reproduced.set(purl, result);
    });

    it('keeps the published file, its bundles and the key, with which it verifies offline', async () => {
      const { service, folder } = running();
      const kept = join(folder, 'kept');
      const id = reproduced.get('idna@3.20')?.rebuild.id ?? '';
      const waited = await service.cli('wait', id, '--format', 'json', '--output-dir', kept);
      const { artifact, attestations } = resultOf(waited);
      const bundles = attestations.flatMap(({ file }) => ['--bundle', file ?? '']);
      const args = ['verify', join(kept, artifact.file ?? ''), ...bundles, '--key', join(kept, 'assay.pub')];
      const verified = await runCli(args, { ASSAY_API_URL: unroutable });
      expect(verified.exit, verified.stdout + verified.stderr).toBe(0);
    });

    it('finds certifi 2026.10.18 equivalent, and exits 1', async () => {
      const run = await running().service.cli('rebuild', 'pkg:pypi/certifi@2026.10.18', '--format', 'json');
      expect(resultOf(run), run.stderr).toMatchObject({ verdict: 'equivalent' });
      expect(resultOf(run).passes.length).toBeGreaterThan(0);
      expect(run.exit).toBe(1);
    });

    describeSupplied(running);
    further?.(running);
    describeDisturbed(running);

    it('with the registry unroutable, replays what was reproduced to the same bytes', async () => {
      const { service } = running();
      await service.cutOffRegistries();
      expect(reproduced.size).toBe(reproducible.length);
      for (const [purl, original] of reproduced) {
        const run = await service.cli('rebuild', '--replay', original.rebuild.id, '--format', 'json');
        const result = resultOf(run);
        expect(result, `${purl}: ${run.stderr}`).toMatchObject({
          verdict: 'reproduced',
          rebuild: { replayOf: original.rebuild.id },
        });
        expect(result.attempts[0]?.output?.digest).toEqual(original.artifact.digest);
        expect(run.exit).toBe(0);
      }
    });
  });
}
