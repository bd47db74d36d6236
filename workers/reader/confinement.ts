import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ReaderProgram } from './program.ts';

/** A command that runs a reader, and in words what holds it. */
export interface ConfinedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly confinement: string;
}

export interface ReaderLimits {
  /** Of all writable memory that the child may map; the reader itself needs far less. */
  readonly dataBytes: number;
  readonly heapMegabytes: number;
  readonly cpuSeconds: number;
  readonly timeMs: number;
  readonly outputBytes: number;
}

export const defaultReaderLimits: ReaderLimits = {
  dataBytes: 1024 ** 3,
  heapMegabytes: 384,
  cpuSeconds: 600,
  timeMs: 900_000,
  outputBytes: 128 * 1024 ** 2,
};

/** Where a reader in bubblewrap finds its code. */
const codePlace = '/code';

/** Folders of the system's own programs: the environment has no say in what confines a reader. */
export const systemPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';

/** The absolute path of `program`, from PATH. */
export function find(program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, program))
    .find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}

/** Shared libraries that this very node has loaded. */
function sharedLibraries(): string[] {
  // Not in @types/node yet: without it the report asks the network for host names, which can take seconds.
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const { sharedObjects } = report.getReport() as unknown as { sharedObjects: string[] };
  report.excludeNetwork = before;
  return sharedObjects.filter((path) => path.startsWith('/') && existsSync(path));
}

function nodeArguments(
  { folder, parts, main }: ReaderProgram,
  limits: ReaderLimits,
  request: string,
): string[] {
  return [
    '--permission',
    ...parts.map((part) => `--allow-fs-read=${join(folder, part)}`),
    `--max-old-space-size=${limits.heapMegabytes}`,
    // Small young generations: memory follows what is held, not what was allocated.
    '--max-semi-space-size=4',
    '--disable-wasm-trap-handler',
    '--no-warnings',
    join(folder, main),
    request,
  ];
}

function bubblewrapArguments({ folder, parts }: ReaderProgram): string[] {
  const bind = (from: string, to: string) => ['--ro-bind', from, to];
  const namespaces = '--unshare-all --unshare-user --uid 65534 --gid 65534 --hostname reader';
  const privileges = '--die-with-parent --new-session --cap-drop ALL --clearenv';
  return [
    ...`${namespaces} ${privileges}`.split(' '),
    ...bind(process.execPath, '/node'),
    ...sharedLibraries().flatMap((path) => bind(path, path)),
    // Of glibc: large pieces go back to the system when they are freed, in place of leaving holes.
    ...'--setenv MALLOC_MMAP_THRESHOLD_ 131072 --setenv MALLOC_ARENA_MAX 2'.split(' '),
    ...parts.flatMap((part) => bind(join(folder, part), join(codePlace, part))),
    ...`--remount-ro / --chdir ${codePlace} --`.split(' '),
  ];
}

export interface Tools {
  readonly bwrap: string | undefined;
  readonly prlimit: string | undefined;
}

/** The programs of this host that can confine a reader. */
export function findTools(path: string): Tools {
  return { bwrap: find('bwrap', path), prlimit: find('prlimit', path) };
}

/** The command for one request, as closely confined as `tools` allow. */
export function confine(
  tools: Tools,
  limits: ReaderLimits,
  program: ReaderProgram,
  request: string,
): ConfinedCommand {
  const bounds = `--data=${limits.dataBytes} --cpu=${limits.cpuSeconds} --core=0 --fsize=0 --nofile=64 --`;
  const prlimit = tools.prlimit === undefined ? [] : [tools.prlimit, ...bounds.split(' ')];
  const inner =
    tools.bwrap === undefined
      ? [process.execPath, ...nodeArguments(program, limits, request)]
      : [
          tools.bwrap,
          ...bubblewrapArguments(program),
          '/node',
          ...nodeArguments({ ...program, folder: codePlace }, limits, request),
        ];
  const [command = '', ...args] = [...prlimit, ...inner];
  return {
    command,
    args,
    confinement: [
      tools.bwrap === undefined
        ? 'node permission model only (bubblewrap is not installed: the network can be reached)'
        : 'bubblewrap (no network, no files but its code, no capabilities), node permission model',
      tools.prlimit === undefined
        ? `heap ${limits.heapMegabytes} MiB`
        : `memory ${limits.dataBytes / 1024 ** 2} MiB`,
    ].join(', '),
  };
}
