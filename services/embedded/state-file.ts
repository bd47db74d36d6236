import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from '@hono/zod-openapi';

/** `service.json`: how another launcher of the same user finds the service that runs on a data folder. Mode 0600. */
export const ServiceState = z.strictObject({
  schemaVersion: z.literal(1),
  url: z.url(),
  adminToken: z.string(),
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  /** Proves the owner to those who join, see ownership.ts. */
  ownerKey: z.string(),
});
export type ServiceState = z.infer<typeof ServiceState>;

/** Undefined when there is none, or none that can be read. Says nothing of whether that service still runs. */
export async function readStateFile(path: string): Promise<ServiceState | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return ServiceState.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function writeStateFile(path: string, state: ServiceState): Promise<void> {
  const half = `${path}.${process.pid}`;
  await rm(half, { force: true });
  await writeFile(half, JSON.stringify(state), { mode: 0o600, flag: 'wx' });
  await rename(half, path);
}

export async function removeStateFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
