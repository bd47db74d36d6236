import { mkdtemp, rm, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { superviseChild, type Ready, type SupervisedChild } from '#services/embedded/child.ts';

let folder: string;
let child: SupervisedChild | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-child-'));
});
afterEach(async () => {
  await child?.stop(1000);
  child = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Starts a node process with this script; `ready` gives what it said at each of its starts, in order. */
async function start(script: string) {
  const said: { ready: Ready; pid: number }[] = [];
  const waiting: (() => void)[] = [];
  child = await superviseChild(
    {
      name: 'thing',
      argv: [process.execPath, '--eval', script],
      cwd: folder,
      environment: () => ({ STARTS: String(said.length) }),
      stderr: 'inherit',
      lastWords: async () => 'its last words',
    },
    (ready, pid) => {
      said.push({ ready, pid });
      for (const wake of waiting.splice(0)) wake();
    },
  );
  const starts = async (count: number) => {
    while (said.length < count) await new Promise<void>((resolve) => void waiting.push(resolve));
    return said;
  };
  return { child, starts };
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const stays =
  'console.log(JSON.stringify({ready:true,...process.env.STARTS>0&&{}}));setInterval(()=>{},1000);';

describe('a supervised process', () => {
  it('is started again after a kill -9, with an environment asked for anew', async () => {
    const { starts } = await start(
      'console.log(JSON.stringify({listening:"http://127.0.0.1:"+(1000+Number(process.env.STARTS))}));setInterval(()=>{},1000);',
    );
    const [first] = await starts(1);
    process.kill(first?.pid ?? 0, 'SIGKILL');
    const [, second] = await starts(2);
    expect(first?.ready.listening).toBe('http://127.0.0.1:1000');
    expect(second?.ready.listening).toBe('http://127.0.0.1:1001');
    expect(second?.pid).not.toBe(first?.pid);
  });

  it('leaves no process of its group behind when it dies', async () => {
    const { starts } = await start(
      `const {spawn}=require('child_process');const g=spawn(process.execPath,['-e','setInterval(()=>{},1000)']);
       require('fs').writeFileSync('grandchild',String(g.pid));${stays}`,
    );
    const [first] = await starts(1);
    const grandchild = Number(await readFile(join(folder, 'grandchild'), 'utf8'));
    expect(alive(grandchild)).toBe(true);
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await starts(2);
    expect(isRunning(await stateOf(grandchild))).toBe(false);
  });

  it('that ignores SIGTERM is killed after its grace', async () => {
    const { child: stubborn } = await start(`process.on('SIGTERM',()=>{});${stays}`);
    const pid = stubborn.pid() ?? 0;
    await stubborn.stop(100);
    expect(alive(pid)).toBe(false);
  });

  it('sees the end of its stdin when we stop holding it, so that it can end by itself', async () => {
    const { starts, child: holding } = await start(
      `process.stdin.resume();process.stdin.on('end',()=>process.exit(0));process.on('SIGTERM',()=>{});${stays}`,
    );
    await starts(1);
    await holding.stop(100);
    expect(alive(holding.pid() ?? 0)).toBe(false);
  });

  it('that ends before it is ready fails the start, with its last words', async () => {
    await expect(start('process.exit(3)')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/thing did not start: it ended with 3\nits last words/),
    });
  });

  it('that says something else than that it is ready fails the start and is killed', async () => {
    await expect(start("console.log('hello');setInterval(()=>{},1000)")).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

/** State letter of a process (proc_pid_stat(5)); undefined when there is none. */
async function stateOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2)[0];
}

/** A zombie has ended; only whoever adopted it has not yet looked. */
const isRunning = (state: string | undefined): boolean => state !== undefined && state !== 'Z';
