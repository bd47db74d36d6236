import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimOwnership, joinOwner } from '#services/embedded/ownership.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-owner-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const module = fileURLToPath(new URL('../../../services/embedded/ownership.ts', import.meta.url));

/** Another process that does `code` with the folder and then stays. */
async function otherProcess(code: string) {
  const script = `import { claimOwnership, joinOwner } from ${JSON.stringify(module)};
    const folder = ${JSON.stringify(folder)};
    ${code}
    console.log('there');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

describe('who owns the service of a data folder', () => {
  it('of any number of claims at once exactly one succeeds', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimOwnership(folder, 'key')));
    const owners = claims.filter((claim) => claim !== undefined);
    expect(owners).toHaveLength(1);
    await owners[0]?.release();
  });

  it('an owner killed by -9 owns nothing any more', async () => {
    const owner = await otherProcess("await claimOwnership(folder, 'key');");
    expect(await claimOwnership(folder, 'key')).toBeUndefined();
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const next = await claimOwnership(folder, 'key');
    expect(next).toBeDefined();
    await next?.release();
  });

  it('an owner that does not know the key of the state file is not believed', async () => {
    const owner = await claimOwnership(folder, 'stranger');
    expect(await joinOwner(folder, 'key')).toBeUndefined();
    await owner?.release();
  });

  it('nobody can join where there is no owner', async () => {
    expect(await joinOwner(folder, 'key')).toBeUndefined();
  });

  it('the owner waits until every other user is gone, however it went, and then lets nobody in', async () => {
    const owner = await claimOwnership(folder, 'key');
    const killed = await otherProcess("await joinOwner(folder, 'key');");
    const usage = await joinOwner(folder, 'key');
    let unused = false;
    const waiting = owner?.untilUnused().then(() => (unused = true));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const another = await joinOwner(folder, 'key');
    expect(another).toBeDefined();
    expect(unused).toBe(false);
    usage?.release();
    another?.release();
    await waiting;
    expect(unused).toBe(true);
    expect(await joinOwner(folder, 'key')).toBeUndefined();
    await owner?.release();
  });
});
