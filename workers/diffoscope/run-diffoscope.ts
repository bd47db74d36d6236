import { spawn } from 'node:child_process';
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { find, systemPath } from '../reader/confinement.ts';

/** Where the three programs are looked for, and how much diffoscope may take. */
export interface DiffoscopeRun {
  readonly path?: string;
  readonly timeMs?: number;
  readonly signal?: AbortSignal;
}

/** What diffoscope says, in lines that are safe to show, and whether it was ended before it was done. */
export interface DiffoscopeReport {
  readonly lines: readonly string[];
  readonly cut: string | undefined;
}

const reportBytesMax = 1024 ** 2;
const outputBytesMax = 4 * reportBytesMax;
const lineMax = 1000;
const bounds = {
  data: 2 * 1024 ** 3,
  cpu: 300,
  fsize: 2 * 1024 ** 3,
  core: 0,
  nproc: 512,
} as const;
const scratchBytes = 2 * 1024 ** 3;

/**
 * Runs the system's diffoscope on two files: a second opinion that nothing here rests on. It and all that it starts parse
 * hostile bytes, so it has no network, no file but the two and the system's own, and bounds of memory, time and output.
 * @throws AppError `missing-component` where diffoscope or what confines it is not installed, `interrupted`,
 * `internal` where it failed
 */
export async function runDiffoscope(
  a: string,
  b: string,
  { path = systemPath, timeMs = 600_000, signal }: DiffoscopeRun = {},
): Promise<DiffoscopeReport> {
  const [command = '', ...args] = confined(path, [realpathSync(a), realpathSync(b)]);
  if (signal?.aborted === true) throw interrupted();
  const child = spawn(command, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const out: Buffer[] = [];
  let outBytes = 0;
  let errors = '';
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped ??= why;
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  const timer = setTimeout(() => stop(`diffoscope was ended after ${timeMs} ms`), timeMs);
  const onAbort = () => stop('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  child.stdout.on('data', (bytes: Buffer) => {
    outBytes += bytes.byteLength;
    if (outBytes > outputBytesMax) stop(`diffoscope was ended after ${outputBytesMax} bytes of output`);
    else out.push(bytes);
  });
  child.stderr.on('data', (bytes: Buffer) => (errors = (errors + bytes.toString('latin1')).slice(-4096)));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (stopped === 'aborted') throw interrupted();
    // It ends with 1 where something differs, and then says what; whoever cannot start it does so in silence.
    if (stopped === undefined && code !== 0 && (code !== 1 || outBytes === 0)) {
      throw new AppError('internal', `diffoscope failed: ${printable(errors.trim().slice(-600), 600)}`, {
        hint: 'The comparison of Assay itself does not need it.',
      });
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  const text = Buffer.concat(out).toString('utf8').trimEnd();
  return { lines: text === '' ? [] : text.split('\n').map((line) => printable(line, lineMax)), cut: stopped };
}

function interrupted(): AppError {
  return new AppError('interrupted', 'diffoscope was stopped');
}

/** The command line, from the outermost confinement inwards. */
function confined(path: string, files: readonly [string, string]): string[] {
  const program = (name: string, packageName: string): string => {
    const found = find(name, path);
    if (found !== undefined) return found;
    const install = `apt-get install --yes --no-install-recommends ${packageName}`;
    throw new AppError('missing-component', `${name} is not installed; --with diffoscope needs it`, {
      hint: process.getuid?.() === 0 ? install : `sudo ${install}`,
    });
  };
  const diffoscope = program('diffoscope', 'diffoscope-minimal');
  const inside = ['/in/first', '/in/second'];
  const namespaces = '--unshare-all --unshare-user --uid 65534 --gid 65534 --hostname diffoscope';
  const privileges = '--die-with-parent --new-session --cap-drop ALL --clearenv';
  const variables = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/tmp', TMPDIR: '/tmp', TZ: 'UTC' };
  return [
    program('prlimit', 'util-linux'),
    ...Object.entries(bounds).map(([name, value]) => `--${name}=${value}`),
    '--',
    program('bwrap', 'bubblewrap'),
    ...`${namespaces} ${privileges}`.split(' '),
    ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value]),
    ...'--ro-bind /usr /usr'.split(' '),
    ...['/bin', '/sbin', '/lib', '/lib64'].flatMap(systemFolder),
    ...['/etc/ld.so.cache', '/etc/alternatives', '/etc/magic'].flatMap((at) => ['--ro-bind-try', at, at]),
    ...`--proc /proc --dev /dev --size ${scratchBytes} --tmpfs /tmp`.split(' '),
    ...files.flatMap((file, index) => ['--ro-bind', file, inside[index] ?? '']),
    ...'--remount-ro / --chdir /tmp --'.split(' '),
    diffoscope,
    ...`--text - --text-color never --no-progress --max-text-report-size ${reportBytesMax}`.split(' '),
    ...inside,
  ];
}

/** A folder beside /usr: on a merged system a link into it. */
function systemFolder(path: string): string[] {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) return [];
  return state.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}
