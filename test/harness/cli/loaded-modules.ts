import { spawnSync } from 'node:child_process';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../../..');

/** Prints the URL of every module that the process loads to descriptor 3. */
const hooks = `
import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';
registerHooks({ load(url, context, next) { writeSync(3, url + '\\n'); return next(url, context); } });
`;

export interface Start {
  readonly status: number | null;
  readonly stdout: string;
  /** Of the checkout, by their paths in it, sorted. */
  readonly modules: readonly string[];
  /** Names of the packages of which anything was loaded, sorted. */
  readonly packages: readonly string[];
}

/** Runs the command line in a process of its own and tells what that loaded. */
export function startCli(args: readonly string[]): Start {
  const { status, stdout, output } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, join(root, 'cli/main.ts'), ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: {} },
  );
  const files = (output[3] ?? '')
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => relative(root, fileURLToPath(url)).split(sep).join('/'));
  const packages = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return {
    status,
    stdout,
    modules: files.filter((file) => !file.startsWith('node_modules/')).sort(),
    packages: [...new Set(packages)].sort(),
  };
}
