import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import type { ExpectedSigner } from '#core/upstream/found-bundle.ts';
import { repositoryUrl } from '#core/upstream/repository.ts';
import type { UpstreamKey } from '#core/upstream/upstream-key.ts';
import { openTrust, type UpstreamTrust } from '#services/upstream/open-trust.ts';
import { publicSeed } from '#services/upstream/public-seed.ts';
import { UnusableKey, UnusableTrustedRoot } from '#verify/trust.ts';
import type { Publisher } from '#workers/ecosystems/publisher.ts';
import type { CliIo } from '../io.ts';
import type { UpstreamFlags } from './flags.ts';
import { readAtMost } from '../read-at-most.ts';

const fileBytesMax = 4 * 1024 ** 2;
const blocks = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g;

/**
 * Whom to believe: the keys and the root that were named, else the public root that came with this version, with the keys
 * of the registry that is asked. No network. @throws AppError `usage`
 */
export async function readUpstreamTrust(
  io: CliIo,
  flags: UpstreamFlags,
  publisher: Publisher | undefined,
): Promise<UpstreamTrust> {
  const named: UpstreamKey[] = [];
  for (const path of flags.key) {
    const keys = (await readText(io, path)).match(blocks) ?? [];
    if (keys.length === 0) throw new AppError('usage', `${path} holds no public key in PEM.`);
    named.push(
      ...keys.map((publicKeyPem) => ({
        name: `the key of ${path}`,
        publicKeyPem: sound(publicKeyPem, path),
      })),
    );
  }
  const seed = publicSeed();
  const given = flags.trustedRoot === undefined ? undefined : await readText(io, flags.trustedRoot);
  const registryKeys = given === undefined ? (publisher?.ownKeys(seed) ?? []) : [];
  const root = given ?? seed.get('trusted_root.json');
  if (root === undefined) throw new TypeError('the package has no trusted root');
  try {
    return openTrust(root, [...named, ...registryKeys], expectedSigner(flags));
  } catch (error) {
    if (error instanceof UnusableTrustedRoot || error instanceof UnusableKey)
      throw new AppError('usage', `What was named cannot be trusted: ${error.message}.`);
    throw error;
  }
}

/** What the user says of whoever signs with a certificate. */
function expectedSigner({
  signerRepository,
  signer,
  signerIssuer,
}: UpstreamFlags): ExpectedSigner | undefined {
  if (signerRepository === undefined && signer === undefined) {
    if (signerIssuer === undefined) return undefined;
    throw new AppError(
      'usage',
      'An identity provider alone names nobody: give --signer or --signer-repository too.',
    );
  }
  if (signer !== undefined && signerIssuer === undefined)
    throw new AppError(
      'usage',
      'An identity means something only beside its provider: give --signer-issuer too.',
    );
  const repository = signerRepository === undefined ? undefined : repositoryUrl(signerRepository);
  if (signerRepository !== undefined && repository === undefined)
    throw new AppError('usage', '--signer-repository is the URL of a repository.');
  return {
    saidBy: 'the command line',
    ...(repository !== undefined && { repository }),
    ...(signer !== undefined && { subject: signer }),
    ...(signerIssuer !== undefined && { issuer: signerIssuer }),
  };
}

function sound(publicKeyPem: string, path: string): string {
  try {
    createPublicKey(publicKeyPem);
    return publicKeyPem;
  } catch {
    throw new AppError('usage', `${path} holds a public key that cannot be read.`);
  }
}

async function readText(io: CliIo, path: string): Promise<string> {
  return (await readBytes(io.cwd, path, fileBytesMax)).toString('utf8');
}

/** A file of at most `bytesMax` bytes. @throws AppError `usage` */
export async function readBytes(cwd: string, path: string, bytesMax: number): Promise<Buffer> {
  try {
    const bytes = await readAtMost(resolve(cwd, path), bytesMax);
    if (bytes.length <= bytesMax) return bytes;
    throw new AppError('usage', `${path} is larger than ${bytesMax} bytes.`);
  } catch (cause) {
    throw cause instanceof AppError
      ? cause
      : new AppError('usage', `The file ${path} cannot be read.`, { cause });
  }
}
