import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { FileName } from '#schemas/artifact.ts';
import { superviseChild } from '#services/embedded/child.ts';
import { networkEnvironment } from '#services/embedded/environment.ts';
import { embeddedProcesses } from '#services/embedded/processes.ts';
import { lastWords } from '#services/embedded/logs.ts';
import { missingClientPackages, upstreamVariables } from '#services/embedded/upstreams.ts';
import { CheckRegistry } from '#workers/check/check-registry.ts';
import { ecosystems } from '#workers/ecosystems/registry.ts';
import type { CliIo } from '../io.ts';
import { checkout } from '../service/open-service.ts';
import { ensureSystemPrograms, systemPrograms } from '../service/system-packages.ts';

type Registry = NonNullable<RecipeFile['registry']>;

/** A registry for builds, with its gateway, until it is closed. */
export interface OpenRegistry {
  readonly registry: CheckRegistry;
  /** What the end of a log says of an input that the registry lacks, in a sentence. */
  explainFailure(logTail: string): string | undefined;
  close(): Promise<void>;
}

/** The artifact that a check is about: no build may be given it. */
export interface UnderTest {
  readonly files: readonly string[];
  readonly sha256: readonly string[];
}

/**
 * The gateway that rebuilds have, as a process of its own for the time of a check, before the registry that this
 * machine is configured with. It ends with this process, however that ends.
 * @throws AppError `missing-component`, `usage`, `unavailable`
 */
export async function openRegistry(
  io: CliIo,
  asked: Registry,
  given: { readonly folder: string; readonly underTest: UnderTest; readonly yes: boolean },
): Promise<OpenRegistry> {
  const folder = join(given.folder, 'registry');
  const scratch = join(folder, 'gateway');
  for (const path of [folder, scratch]) await mkdir(path, { mode: 0o700 });
  await ensureClient(io, given.yes);
  const upstreams = await upstreamVariables(io.env, folder);
  const token = randomBytes(32).toString('base64url');
  const key = randomBytes(32);
  const { files, sha256 } = given.underTest;
  const names = [...new Set(files.map((path) => basename(path)))];
  const registry = await CheckRegistry.open({
    folder: join(folder, 'record'),
    token,
    key,
    grant: {
      ...asked,
      refuse: { files: names.filter((name) => FileName.safeParse(name).success), sha256: [...sha256] },
    },
    now: () => io.now(),
  });
  const log = await open(join(folder, 'gateway.log'), 'w', 0o600);
  const closing = async (child?: { stop(): Promise<void> }): Promise<void> => {
    await child?.stop();
    await registry.close();
    await log.close();
  };
  try {
    const child = await superviseChild(
      {
        name: 'gateway',
        argv: [process.execPath, join(checkout, embeddedProcesses.gateway.main)],
        cwd: scratch,
        environment: () => ({
          PATH: io.env['PATH'] ?? '',
          HOME: scratch,
          TMPDIR: scratch,
          LANG: 'C.UTF-8',
          ...networkEnvironment(io.env),
          ...upstreams,
          ASSAY_PARENT_PIPE: '1',
          ASSAY_LISTEN: '127.0.0.1:0',
          ASSAY_API_URL: registry.recordUrl,
          ASSAY_GATEWAY_TOKEN: token,
          ASSAY_GATEWAY_KEY: key.toString('base64url'),
          ASSAY_WORK_DIR: scratch,
        }),
        stderr: log.fd,
        lastWords: () => lastWords(folder, 'gateway'),
      },
      ({ listening }) => {
        if (listening !== undefined) registry.reachAt(listening);
      },
    );
    return {
      registry,
      explainFailure: (logTail) => lackingInput(asked, logTail),
      close: () => closing(child),
    };
  } catch (error) {
    await closing();
    throw error;
  }
}

function lackingInput(asked: Registry, logTail: string): string | undefined {
  const ecosystem = ecosystems.find(({ purlType }) => purlType === asked.protocol);
  const missing = ecosystem?.explainFailure(logTail);
  return (
    missing &&
    `it needs ${missing.requirement}, which the registry cannot give as of ${asked.before}, the recipe's registry.before`
  );
}

/** A client of the registry, where nothing else says which registry this machine uses. */
async function ensureClient(io: CliIo, yes: boolean): Promise<void> {
  const missing = await missingClientPackages(io.env);
  const clients = systemPrograms.filter((one) => missing.includes(one.package));
  await ensureSystemPrograms(io, { yes }, clients);
}
