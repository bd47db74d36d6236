import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildGo } from '#test/harness/build-go.ts';
import type { TestRegistry } from '#test/harness/servers/docker-registry.ts';

/** The registry of main.go beside this file, built with Go: it has a referrers API. It ends with this process. */
export async function startReferrersRegistry(): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-registry-go-'));
  const program = join(folder, 'registry');
  await buildGo(import.meta.dirname, '.', program);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    host: line.replace('listening on ', ''),
    stop: async () => {
      child.stdin.end();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
