import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '@hono/zod-openapi';

/** The roles that the embedded server knows: its superuser, the api's, and BullMQ's own. */
export const PostgresRole = z.enum(['postgres', 'assay_api', 'assay_queue']);
export type PostgresRole = z.infer<typeof PostgresRole>;

const Passwords = z.record(PostgresRole, z.string().regex(/^[A-Za-z0-9_-]{32,}$/));
export type Passwords = z.infer<typeof Passwords>;

/**
 * The passwords of the roles, from `passwords.json` in the data folder (mode 0600, the launcher's own); random ones are
 * made on first use. Of two processes at once, one writes and both read the same.
 */
export async function readPasswords(dataDir: string): Promise<Passwords> {
  const file = join(dataDir, 'passwords.json');
  const kept = await readFile(file, 'utf8').catch(absent);
  if (kept === undefined) {
    const fresh = Object.fromEntries(
      PostgresRole.options.map((role) => [role, randomBytes(24).toString('base64url')]),
    );
    const half = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeFile(half, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' });
    try {
      await link(half, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(half, { force: true });
    }
  }
  await chmod(file, 0o600);
  return Passwords.parse(JSON.parse(await readFile(file, 'utf8')));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
