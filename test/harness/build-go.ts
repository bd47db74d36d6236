import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const go = fileURLToPath(new URL('../../deploy/go.sh', import.meta.url));

/** Compiles `what` (a package or a file) of `folder` with Go to the file `program`. */
export async function buildGo(folder: string, what: string, program: string): Promise<void> {
  await promisify(execFile)(go, ['build', '-o', program, what], { cwd: folder });
}
