import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#core/errors/app-error.ts';
import { dataFolder, dataFolderPath } from '#services/embedded/data-folder.ts';
import { makeRoot } from '#services/embedded/folders.ts';
import { claimOwnership, joinOwner, type Ownership } from '#services/embedded/ownership.ts';
import { readStateFile, removeStateFile, writeStateFile } from '#services/embedded/state-file.ts';
import { startEmbedded, type EmbeddedService } from '#services/embedded/supervisor.ts';
import { readerProgram } from '#workers/reader/program.ts';
import { AssayClient } from '../client/client.ts';
import { interrupted } from '../client/http.ts';
import type { CliIo } from '../io.ts';
import { enterReachablePlace } from './placement.ts';
import { ensureSystemPrograms } from './system-packages.ts';

export interface ServiceOptions {
  readonly api?: string;
  readonly token?: string;
  readonly yes?: boolean;
  onProgress?(text: string): void;
}

/** A service to talk to, until it is closed. */
export interface OpenService {
  readonly client: AssayClient;
  readonly url: string;
  /** Whether we brought it up: what is unfinished when we close would stop there. */
  readonly own: boolean;
  /** Cancels a rebuild also when we were interrupted; whether it worked is not told. */
  cancelQuietly(id: string): Promise<void>;
  close(): Promise<void>;
}

/** The checkout: this file is cli/service/open-service.ts. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The service named by --api or ASSAY_API_URL, else the embedded one that runs already. @throws AppError `unavailable` when there is none */
export async function joinService(io: CliIo, options: ServiceOptions): Promise<OpenService> {
  const named = namedService(io, options);
  if (named !== undefined) return named;
  const running = await joinRunning(io, await dataRoot(io));
  if (running !== undefined) return running;
  throw new AppError('unavailable', 'no service is running here', {
    hint: 'start one with `assay up`, or name one with --api URL or ASSAY_API_URL',
  });
}

/** Gives `use` the service of joinService (or of `open`), and closes it whatever comes of that. */
export async function withService<T>(
  io: CliIo,
  options: ServiceOptions,
  use: (service: OpenService) => Promise<T>,
  open: typeof joinService = joinService,
): Promise<T> {
  const service = await open(io, options);
  try {
    return await use(service);
  } finally {
    await service.close();
  }
}

/** As joinService, and where none runs the embedded one is brought up for the time until it is closed. */
export async function openService(io: CliIo, options: ServiceOptions): Promise<OpenService> {
  const named = namedService(io, options);
  if (named !== undefined) return named;
  const root = await dataRoot(io);
  const running = await joinRunning(io, root);
  if (running !== undefined) return running;
  await ensureSystemPrograms(io, { yes: options.yes ?? false });
  const started = await ownOrJoin(io, root, options, 'files');
  if ('client' in started) return started;
  const { service, ownership } = started;
  return {
    ...talkTo(io, service.url, service.adminToken),
    own: true,
    close: () => closeOwn(io, service, ownership),
  };
}

export interface OwnedService {
  readonly service: EmbeddedService;
  readonly ownership: Ownership;
}

/**
 * Becomes the owner of the data folder's service and starts it; where another launcher is the owner or becomes it
 * first, joins that one.
 */
export async function ownOrJoin(
  io: CliIo,
  root: string,
  options: Pick<ServiceOptions, 'onProgress'> & { port?: number },
  logTo: 'files' | 'stderr',
): Promise<OpenService | OwnedService> {
  const separateUsers = process.getuid?.() === 0;
  const place = separateUsers ? await enterReachablePlace(checkout, root, io.env) : { code: checkout, root };
  const ownerKey = randomBytes(32).toString('hex');
  let waited = false;
  for (;;) {
    if (io.signal.aborted) throw interrupted();
    const ownership = await claimOwnership(place.root, ownerKey);
    if (ownership !== undefined)
      return own(io, place, ownership, ownerKey, { ...options, logTo, separateUsers });
    const running = await joinRunning(io, place.root);
    if (running !== undefined) return running;
    if (!waited) options.onProgress?.('another assay is starting or stopping the service: waiting for it');
    waited = true;
    await delay(200);
  }
}

async function own(
  io: CliIo,
  place: { code: string; root: string; scratch?: string },
  ownership: Ownership,
  ownerKey: string,
  options: {
    port?: number;
    logTo: 'files' | 'stderr';
    separateUsers: boolean;
    onProgress?(text: string): void;
  },
): Promise<OwnedService> {
  const { stateFile } = dataFolder(place.root);
  try {
    await removeStateFile(stateFile);
    // Made while we may: the users of the service's processes cannot write beside its code.
    await readerProgram();
    const service = await startEmbedded({
      ...place,
      environment: io.env,
      separateUsers: options.separateUsers,
      logTo: options.logTo,
      onProgress: (text) => options.onProgress?.(text),
      ...(options.port !== undefined && { port: options.port }),
    });
    await writeStateFile(stateFile, {
      schemaVersion: 1,
      url: service.url,
      adminToken: service.adminToken,
      pid: process.pid,
      startedAt: new Date(io.now()).toISOString(),
      ownerKey,
    });
    return { service, ownership };
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

/** Waits for other users of the service (unless interrupted), then ends it. */
export async function closeOwn(io: CliIo, service: EmbeddedService, ownership: Ownership): Promise<void> {
  const interruptedBy = new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([ownership.untilUnused(), interruptedBy]);
  await removeStateFile(service.folder.stateFile);
  await service.stop();
  await ownership.release();
}

/** The data folder of this user, made where absent. */
export async function dataRoot(io: CliIo): Promise<string> {
  const placed = io.env['ASSAY_PLACED_ROOT'];
  if (placed !== undefined) return placed;
  const uid = process.getuid?.() ?? -1;
  const home = io.env['HOME'] ?? homedir();
  return makeRoot(dataFolderPath(io.env, { uid, home }), uid === 0);
}

function namedService(io: CliIo, options: ServiceOptions): OpenService | undefined {
  const url = options.api ?? io.env['ASSAY_API_URL'];
  if (url === undefined || url === '') return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new AppError('usage', 'the address of the service must be an http or https URL');
  }
  const token = (options.token ?? io.env['ASSAY_TOKEN']) || undefined;
  return { ...talkTo(io, url, token), own: false, close: async () => undefined };
}

async function joinRunning(io: CliIo, root: string): Promise<OpenService | undefined> {
  const state = await readStateFile(dataFolder(root).stateFile);
  if (state === undefined) return undefined;
  const usage = await joinOwner(root, state.ownerKey);
  if (usage === undefined) return undefined;
  return { ...talkTo(io, state.url, state.adminToken), own: false, close: async () => usage.release() };
}

function talkTo(
  io: CliIo,
  url: string,
  token: string | undefined,
): Pick<OpenService, 'client' | 'url' | 'cancelQuietly'> {
  return {
    client: new AssayClient(io, url, token),
    url,
    async cancelQuietly(id) {
      const patient = { ...io, signal: AbortSignal.timeout(5000) };
      await new AssayClient(patient, url, token).cancel(id).catch(() => undefined);
    },
  };
}
