import { z } from 'zod';
import { Sha256 } from './digest.ts';

/** Who a process is to the kernel that runs it: ids as outside of its user namespace. */
export const Identity = z.strictObject({
  host: Sha256.describe('of the kernel’s boot id: processes of one host have the same'),
  uid: z.int().nonnegative(),
  gids: z.array(z.int().nonnegative()).max(256),
});
export type Identity = z.infer<typeof Identity>;

/**
 * A file that the attester laid where nobody who runs builds may get: beside its key, with the key's owner and mode, and
 * in its scratch folder. It holds a random nonce, so whoever can name the nonce has read the file and no other of that path.
 */
export const Canary = z.strictObject({
  id: Sha256.describe('of the nonce'),
  place: z.enum(['key', 'scratch']),
  file: z.string().startsWith('/').max(1024),
  folder: z
    .string()
    .regex(/^\d{1,20}:\d{1,20}$/)
    .describe('device and inode of its folder'),
});
export type Canary = z.infer<typeof Canary>;

/** What came of trying to reach a canary: by the rebuild worker itself, or by a process inside the sandbox. */
export const CanaryTry = z.strictObject({
  id: Sha256,
  from: z.enum(['worker', 'sandbox']),
  read: z.boolean().describe('its nonce was read'),
  write: z.boolean().describe('a file could be made in its folder'),
});
export type CanaryTry = z.infer<typeof CanaryTry>;

/** What the rebuild worker saw of its own place at an attempt. What follows from it is the attester’s to judge. */
export const WorkerPlace = z.strictObject({
  identity: Identity,
  rootEquivalent: z
    .array(z.string().max(200))
    .max(16)
    .describe('what makes the worker as good as root on its host; empty where nothing was found'),
  canaries: z.array(CanaryTry).max(64),
});
export type WorkerPlace = z.infer<typeof WorkerPlace>;
