import { quickDiff } from './quick-diff.ts';

// A reader of our output that goes away (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const args = process.argv.slice(2);
const colour = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
const answer = await quickAnswer();
if (answer === undefined) process.exitCode = await run();
else process.stdout.write(answer);

/** What needs neither the commands nor their options. */
async function quickAnswer(): Promise<string | undefined> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V'))
    return `${(await import('./version.ts')).version}\n`;
  return quickDiff(args, { cwd: process.cwd(), colour });
}

async function run(): Promise<number> {
  const { runCli } = await import('./run.ts');
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Asked twice: whoever asks does not want to wait. The processes of the service end with us.
      if (interruption.signal.aborted) process.exit(130);
      interruption.abort();
    });
  }
  return runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    fetch: globalThis.fetch,
    signal: interruption.signal,
    now: () => Date.now(),
  });
}
