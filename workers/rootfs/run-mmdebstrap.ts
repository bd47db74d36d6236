import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '#core/errors/app-error.ts';
import { packagesOf, type DebianEnvironment } from './environment-key.ts';
import { fixedFilesHook } from './fixed-files.ts';

/** Every file of a root file system is as old as the suite at most, so that the tar does not depend on when it is made. */
const sourceDateEpoch: Readonly<Record<DebianEnvironment['suite'], number>> = { bookworm: 1_686_355_200 };

const outputTailMax = 4000;

/**
 * Ends the whole group of the command when this process's stdin ends: also when the worker is killed by -9. The
 * command has a session of its own, so that the group is all that it started.
 */
const guardScript = `
exec 3<&0
setsid "$@" </dev/null 3<&- & child=$!
( cat <&3 >/dev/null; kill -TERM -- "-$child"; sleep 5; kill -KILL -- "-$child" ) >/dev/null 2>&1 & guard=$!
exec 3<&-
wait "$child"; code=$?
kill "$guard" 2>/dev/null
exit "$code"
`;

export interface MmdebstrapRun {
  readonly environment: DebianEnvironment;
  /** Lines of sources.list; empty for mmdebstrap's own default. */
  readonly sources: readonly string[];
  readonly tar: string;
  /** Receives the .deb files that were installed. */
  readonly debs: string;
  /** For mmdebstrap's own temporary files. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

/** A word for mmdebstrap's hooks, which are split as a shell would. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Makes `tar` from packages. As root in mode root, else in mode unshare, which needs ranges in /etc/subuid. @throws AppError */
export async function runMmdebstrap(run: MmdebstrapRun): Promise<void> {
  const { environment } = run;
  const epoch = sourceDateEpoch[environment.suite];
  const args = [
    `--mode=${process.getuid?.() === 0 ? 'root' : 'unshare'}`,
    '--variant=apt',
    '--format=tar',
    `--architectures=${environment.architecture}`,
    `--include=${packagesOf(environment).join(',')}`,
    // The packages are copied out before mmdebstrap removes them.
    '--skip=essential/unlink,cleanup/apt,cleanup/run',
    `--customize-hook=copy-out /var/cache/apt/archives ${quoted(run.debs)}`,
    `--customize-hook=${fixedFilesHook(epoch)}`,
    environment.suite,
    run.tar,
    ...run.sources,
  ];
  const child = spawn('/bin/sh', ['-c', guardScript, 'assay-guard', 'mmdebstrap', ...args], {
    // Its root is another user to the kernel, who must be able to return here (find does).
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C.UTF-8',
      TMPDIR: run.scratch,
      SOURCE_DATE_EPOCH: String(epoch),
    },
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-outputTailMax);
  });
  const stop = () => child.stdin.end();
  run.signal?.addEventListener('abort', stop, { once: true });
  const [code] = (await once(child, 'close')) as [number | null];
  child.stdin.destroy();
  run.signal?.removeEventListener('abort', stop);
  if (run.signal?.aborted === true)
    throw new AppError('interrupted', 'Making the root file system was stopped');
  if (code === 0) return;
  if (/mmdebstrap: not found|failed to execute mmdebstrap|No such file or directory.*mmdebstrap/.test(tail))
    throw new AppError('missing-component', 'mmdebstrap is not installed', {
      hint: 'apt-get install mmdebstrap',
    });
  if (/subuid|newuidmap/.test(tail))
    throw new AppError(
      'missing-component',
      'This user has no ranges in /etc/subuid and /etc/subgid, or newuidmap is not installed',
      {
        hint: 'As root: apt-get install uidmap, then usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER',
      },
    );
  throw new AppError('unavailable', `The root file system could not be made: ${lastErrors(tail)}`, {
    hint: 'Is the Debian mirror reached? ASSAY_DEBIAN_MIRROR names another.',
  });
}

/** What the tools said just before mmdebstrap gave up, rather than only that it did. */
function lastErrors(tail: string): string {
  const lines = tail.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('I: '));
  return lines.slice(-8).join(' | ').slice(-1000);
}
