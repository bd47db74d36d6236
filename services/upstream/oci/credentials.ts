import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';

export interface RegistryCredentials {
  readonly username: string;
  readonly secret: string;
  /** The secret is a refresh token (`docker login` with an identity token), not a password. */
  readonly isToken: boolean;
}

const Config = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/** What a credential helper answers: https://github.com/docker/docker-credential-helpers */
const HelperAnswer = z.object({ Username: z.string().max(1000), Secret: z.string().max(100_000) });

/**
 * The credentials that `docker login` left for `registry`: a helper where one is configured, else the file itself.
 * Undefined where there are none, so that public images need no file.
 * @throws AppError `usage` where the file or the helper cannot be read; never with a secret in it
 */
export async function registryCredentials(
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RegistryCredentials | undefined> {
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker');
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new AppError('usage', `${path} cannot be read: ${error.code ?? 'unknown'}.`);
  });
  if (text === undefined) return undefined;
  const config = parse(text, path);
  const names =
    registry === 'docker.io' ? [registry, 'https://index.docker.io/v1/'] : [registry, `https://${registry}`];
  for (const name of names) {
    const helper = config.credHelpers?.[name] ?? config.credsStore;
    const told = helper === undefined ? undefined : await askHelper(helper, name, environment);
    if (told) return told;
  }
  const entry = names.map((name) => config.auths?.[name]).find((found) => found !== undefined);
  if (entry?.identitytoken) return { username: '', secret: entry.identitytoken, isToken: true };
  if (entry?.auth) {
    const decoded = Buffer.from(entry.auth, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon > 0)
      return {
        username: decoded.slice(0, colon),
        secret: decoded.slice(colon + 1).replace(/\0+$/, ''),
        isToken: false,
      };
  }
  if (entry?.username && entry.password)
    return { username: entry.username, secret: entry.password, isToken: false };
  return undefined;
}

function parse(text: string, path: string): z.infer<typeof Config> {
  try {
    return Config.parse(JSON.parse(text));
  } catch {
    throw new AppError('usage', `${path} is not a configuration of a container client.`);
  }
}

async function askHelper(
  helper: string,
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RegistryCredentials | undefined> {
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/i.test(helper))
    throw new AppError('usage', 'The credential helper of the container client has no plain name.');
  const answer = await new Promise<string | undefined>((resolve, reject) => {
    const child = execFile(
      `docker-credential-${helper}`,
      ['get'],
      { timeout: 30_000, maxBuffer: 1024 ** 2, env: environment as NodeJS.ProcessEnv },
      (error, stdout) => {
        if (!error) resolve(stdout);
        else if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          reject(new AppError('missing-component', `docker-credential-${helper} is not installed.`));
        // It answers so when it knows no such registry.
        else resolve(undefined);
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(registry);
  });
  if (answer === undefined) return undefined;
  try {
    const { Username, Secret } = HelperAnswer.parse(JSON.parse(answer));
    return { username: Username, secret: Secret, isToken: Username === '<token>' };
  } catch {
    throw new AppError('usage', `docker-credential-${helper} answered something that is not understood.`);
  }
}
