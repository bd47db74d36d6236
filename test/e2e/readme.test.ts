import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, runCli } from '#test/harness/e2e/run-cli.ts';
import { sharedRootfsFolder } from '#test/harness/e2e/rootfs-cache.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';

interface ReadmeCommand {
  readonly line: string;
  readonly args: readonly string[];
  readonly exit: number;
}

const readme = await readFile(join(checkout, 'README.md'), 'utf8');

/** Every `./assay …` line of the README's shell blocks; `# exits N` says which exit code it promises. */
const commands: ReadmeCommand[] = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block]) => block?.split('\n') ?? [])
  .filter((line) => line.startsWith('./assay '))
  .map((line) => {
    const [command = '', comment = ''] = line.split(/\s+#/);
    return {
      line: command,
      args: command.split(' ').slice(1),
      exit: Number(/exits (\d+)/.exec(comment)?.[1] ?? 0),
    };
  });

describe('the README', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await RunningService.start({}, await sharedRootfsFolder());
  });

  afterAll(async () => {
    await rm(join(checkout, 'idna'), { recursive: true, force: true });
    await service?.remove();
  });

  it('shows at least the main commands', () => {
    expect(commands.map(({ args }) => args[0])).toEqual(
      expect.arrayContaining(['rebuild', 'verify', 'diff', 'doctor']),
    );
  });

  it.each(commands)('$line does what it says', async ({ args, exit }) => {
    const run = await runCli(args, { XDG_DATA_HOME: service.dataHome });
    expect(run.exit, `${run.stdout}\n${run.stderr}`).toBe(exit);
  });

  it('shows the verdict that the first command really prints', async () => {
    const shown = /^```\n(Reproduced:.*?)^```/ms.exec(readme)?.[1] ?? 'nothing is shown';
    const run = await runCli(['rebuild', 'pkg:pypi/idna@3.20'], { XDG_DATA_HOME: service.dataHome });
    for (const line of shown.split('\n').filter((text) => text !== '')) expect(run.stdout).toContain(line);
  });

  it('names files that exist', async () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    for (const link of links)
      await expect(
        readFile(join(checkout, link)).catch((error: NodeJS.ErrnoException) => error.code === 'EISDIR'),
      ).resolves.toBeTruthy();
  });
});
