import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import { missingClientPackages } from '#services/embedded/upstreams.ts';
import type { CliIo } from '../io.ts';

/** A program that only the system's package manager brings, and the Debian package that it is in. */
export interface SystemProgram {
  readonly program: string;
  readonly package: string;
  readonly for: string;
}

/** What a rebuild needs. */
export const systemPrograms: readonly SystemProgram[] = [
  { program: 'bwrap', package: 'bubblewrap', for: 'the sandbox that builds run in' },
  { program: 'mmdebstrap', package: 'mmdebstrap', for: 'the root file systems that builds run on' },
  { program: 'newuidmap', package: 'uidmap', for: 'root file systems made without being root' },
  { program: 'pip3', package: 'python3-pip', for: 'the registry that this machine is configured with' },
];

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The first executable of that name in the system's folders. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/**
 * Makes sure that `programs` are there: by default what a rebuild needs, with a client that says which registry to use.
 * As root on Debian or Ubuntu what is missing is installed: after asking on a terminal, without asking under --yes, in
 * CI or where there is no terminal. Else @throws AppError `missing-component` whose hint is the one command to type.
 */
export async function ensureSystemPrograms(
  io: CliIo,
  options: { yes: boolean },
  programs: readonly SystemProgram[] = systemPrograms,
): Promise<void> {
  const packages: string[] = [];
  for (const wanted of programs) {
    if ((await findProgram(wanted.program)) === undefined) packages.push(wanted.package);
  }
  if (programs === systemPrograms) packages.push(...(await missingClientPackages(io.env)));
  if (packages.length === 0) return;
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  const lacking = new AppError('missing-component', `${packages.join(', ')} must be installed`, {
    hint: process.getuid?.() === 0 ? command : `sudo ${command}`,
  });
  if (process.getuid?.() !== 0 || !(await isDebian())) throw lacking;
  if (!(await agreed(io, options.yes, packages))) throw lacking;
  io.stderr.write(`assay: installing ${packages.join(', ')} …\n`);
  await aptGet(io, ['update']);
  await aptGet(io, ['install', '--yes', '--no-install-recommends', ...packages]);
}

async function isDebian(): Promise<boolean> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return (
    /^ID(_LIKE)?="?[^\n]*\b(debian|ubuntu)\b/m.test(text) && (await findProgram('apt-get')) !== undefined
  );
}

async function agreed(io: CliIo, yes: boolean, packages: readonly string[]): Promise<boolean> {
  const interactive = io.stdin.isTTY === true && io.stderr.isTTY === true && !io.env['CI'];
  if (yes || !interactive) return true;
  const question = createInterface({
    input: io.stdin,
    output: io.stderr as unknown as NodeJS.WritableStream,
  });
  try {
    const answer = await question.question(`assay: install ${packages.join(', ')} with apt-get? [Y/n] `, {
      signal: io.signal,
    });
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    question.close();
  }
}

/** Its output goes to our stderr: stdout is for data. */
async function aptGet(io: CliIo, args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', ['-qq', ...args], {
    env: {
      PATH: folders.join(':'),
      DEBIAN_FRONTEND: 'noninteractive',
      ...Object.fromEntries(
        ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => {
          const value = io.env[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: io.signal,
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => io.stderr.write(String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  throw new AppError('missing-component', `apt-get ${args[0]} ended with ${code}`, {
    hint: `run \`apt-get ${args.join(' ')}\` by hand`,
  });
}

/** The first line that `program --version` prints, or undefined. */
export async function versionOf(path: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  return stdout.split('\n')[0]?.trim() || undefined;
}
