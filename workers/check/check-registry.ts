import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import type { GatewayGrant, Served } from '#schemas/gateway.ts';
import { signGrant } from '#services/gateway/grant.ts';
import { openGatewaySocket } from '../rebuild/gateway-socket.ts';
import { type RecordKeeper, type RecordKeeperOptions, openRecordKeeper } from './record-keeper.ts';
import { type GivenInput, RegistryRecord } from './registry-record.ts';

/** Seconds that a grant outlives the longest possible build. */
const grantSlackSeconds = 600;
const detailBytesMax = 500;

export interface CheckRegistryOptions extends Pick<RecordKeeperOptions, 'folder' | 'token'> {
  /** Signs grants; the gateway's own. */
  readonly key: Uint8Array;
  /** What every build of the check may ask for. */
  readonly grant: Pick<GatewayGrant, 'protocol' | 'before' | 'refuse'>;
  readonly now: () => number;
}

/** The registry of one build. */
export interface RegistrySession {
  /** For the sandbox. */
  readonly socketPath: string;
  close(): Promise<void>;
}

/**
 * One registry for all builds of a check, behind a gateway: each build has a session and a socket of its own, and the
 * first answer to a question is the answer to all of them.
 */
export class CheckRegistry {
  readonly #options: CheckRegistryOptions;
  readonly #keeper: RecordKeeper;
  readonly #record: RegistryRecord;
  readonly #builds: Map<string, number>;
  #gatewayUrl = '';

  private constructor(
    options: CheckRegistryOptions,
    keeper: RecordKeeper,
    record: RegistryRecord,
    builds: Map<string, number>,
  ) {
    this.#options = options;
    this.#keeper = keeper;
    this.#record = record;
    this.#builds = builds;
  }

  /** Opens what the gateway keeps its record with; the gateway itself is started by the caller. */
  static async open(options: CheckRegistryOptions): Promise<CheckRegistry> {
    const record = new RegistryRecord();
    const builds = new Map<string, number>();
    const keeper = await openRecordKeeper({
      folder: options.folder,
      token: options.token,
      bytesMax: 8 * 1024 ** 3,
      answersMax: 100_000,
      onServed: (sessionId, served) => {
        const build = builds.get(sessionId);
        if (build !== undefined) record.add(build, served);
        return build !== undefined;
      },
    });
    return new CheckRegistry(options, keeper, record, builds);
  }

  /** For the gateway: what it takes to be the api. */
  get recordUrl(): string {
    return this.#keeper.url;
  }

  /** Where the gateway listens. */
  reachAt(gatewayUrl: string): void {
    this.#gatewayUrl = gatewayUrl.replace(/\/+$/, '');
  }

  /** A session for the build of that number, with its socket in `folder`. */
  async begin(build: number, folder: string, timeSeconds: number): Promise<RegistrySession> {
    const sessionId = randomUUID();
    this.#builds.set(sessionId, build);
    const { key, grant, now } = this.#options;
    const expiresAt = Math.floor(now() / 1000) + timeSeconds + grantSlackSeconds;
    const socket = await openGatewaySocket({
      folder,
      gatewayUrl: this.#gatewayUrl,
      grant: await signGrant({ ...grant, sessionId, fence: build, mode: 'record' }, key, expiresAt),
      known: (path, accept) => {
        const served = this.#record.answer(build, path, accept);
        return served && { ...served, file: this.#keeper.object(served.sha256) };
      },
    });
    return {
      socketPath: socket.path,
      close: async () => {
        this.#builds.delete(sessionId);
        await socket.close();
      },
    };
  }

  /** Files that builds were given, in the order in which they were first given. */
  inputs(): readonly GivenInput[] {
    return this.#record.inputs();
  }

  /**
   * Throws where the registry was not there for what that build asked: then its failure, or how it differs from a build
   * that had an answer, is not its own. @throws AppError `upstream`, `too-large`, `unavailable`
   */
  async assertAnswered(build: number): Promise<void> {
    const fault = this.#keeper.fault();
    if (fault !== undefined) throw fault;
    const failed = this.#record.failure(build);
    if (failed === undefined) return;
    throw new AppError('upstream', await this.#textOf(failed), {
      hint: 'check needs the package registry until a build had an answer to all that it asks: see what `assay doctor` says of it',
    });
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  async #textOf({ sha256 }: Served): Promise<string> {
    const file = await open(this.#keeper.object(sha256));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(detailBytesMax), 0, detailBytesMax, 0);
      return buffer.subarray(0, bytesRead).toString('utf8').trim();
    } finally {
      await file.close();
    }
  }
}
