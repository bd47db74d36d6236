import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ObjectStore } from '#services/objects/object-store.ts';
import { openObjectStore } from '#services/objects/open-object-store.ts';
import { startTestS3 } from '#test/harness/servers/s3.ts';

export interface ObjectStoreBackend {
  /** Another process's view of the same objects. */
  open(): Promise<ObjectStore>;
  stop(): Promise<void>;
}

async function startFolder(): Promise<ObjectStoreBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-objects-'));
  return {
    open: () => openObjectStore(pathToFileURL(folder).href),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function startS3(): Promise<ObjectStoreBackend> {
  const server = await startTestS3();
  return { open: () => openObjectStore(server.url, server.environment), stop: () => server.stop() };
}

/** Every implementation of the port, with its real server. */
export const objectStoreBackends: readonly [name: string, start: () => Promise<ObjectStoreBackend>][] = [
  ['a folder', startFolder],
  ['S3', startS3],
];
