import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { idsOfDeployment } from '#core/statement/builder-id.ts';
import { TrustDocument, trustedRootBytesMax } from '#schemas/trust.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import {
  UnusableKey,
  UnusableTrustedRoot,
  trustMaterial,
  type Thresholds,
  type Trust,
  type TrustedKey,
} from '#verify/trust.ts';
import { readAtMost } from '../read-at-most.ts';
import { keyHint } from './key-hint.ts';

/** Where trust is read from. */
export interface TrustSources {
  /** Files with public keys in PEM. */
  readonly keyFiles: readonly string[];
  /** Further keys, PEM: those of a policy. */
  readonly keys: readonly string[];
  /** A Sigstore trusted_root.json or a trust document of a service. */
  readonly trustedRoot?: string;
  /** Whether the keys of a trust document may be believed: somebody named the builder, or a table names the keys. */
  readonly documentKeys: boolean;
  /** What has to witness a signature; default: a certificate's by a log and a time, a key's by nothing. */
  readonly witnesses?: Thresholds;
}

const blocks = /-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g;
const keyBytesMax = 1024 * 1024;
/** A trust document carries the Sigstore root as text beside up to 1000 keys. */
const documentBytesMax = 4 * trustedRootBytesMax;

/** Trust material from files. @throws AppError `usage` where one cannot be read or used */
export async function readTrust(cwd: string, sources: TrustSources): Promise<Trust> {
  const given = [...sources.keys];
  for (const path of sources.keyFiles) {
    const text = (await readBounded(cwd, path, 'key', keyBytesMax)).toString('latin1');
    const found = text.match(blocks) ?? [];
    if (found.length === 0) throw new AppError('usage', `${path} holds no key in PEM.`);
    given.push(...found);
  }
  const root = sources.trustedRoot === undefined ? undefined : await readRoot(cwd, sources.trustedRoot);
  try {
    const keys = joinKeys(given, root?.keys ?? [], sources.documentKeys);
    return trustMaterial({
      keys,
      ...(root?.sigstore && { trustedRootJson: root.sigstore }),
      ...(sources.witnesses && { thresholds: sources.witnesses }),
    });
  } catch (error) {
    if (error instanceof UnusableTrustedRoot)
      throw new AppError('usage', `${sources.trustedRoot ?? ''} cannot be trusted. ${error.message}`);
    if (!(error instanceof UnusableKey)) throw error;
    const from = sources.keyFiles.length > 0 ? ` in ${sources.keyFiles.join(', ')}` : '';
    throw new AppError('usage', `A key${from} cannot be used: ${error.message}.`, {
      hint: 'Assay signs with ECDSA on P-256; give the public key (BEGIN PUBLIC KEY).',
    });
  }
}

/**
 * The keys that were given one by one, for any builder, and those of the document, for its own. What the document says of
 * a key's time counts for both: one that was revoked is not believed because somebody still has the file.
 */
function joinKeys(given: readonly string[], document: readonly TrustedKey[], all: boolean): TrustedKey[] {
  const told = new Map(document.map((key) => [hintOf(key.publicKeyPem), key]));
  const named = given.map((publicKeyPem) => {
    const { validFor, revoked = false } = told.get(hintOf(publicKeyPem)) ?? {};
    return { publicKeyPem, revoked, ...(validFor && { validFor }) };
  });
  return [...named, ...(all ? document : [])];
}

function hintOf(publicKeyPem: string): string {
  try {
    return keyHint(publicKeyPem);
  } catch {
    throw new UnusableKey('not a public key in PEM (BEGIN PUBLIC KEY)');
  }
}

/** Both kinds of file are told apart by the one member that only a trust document has. */
async function readRoot(
  cwd: string,
  path: string,
): Promise<{ keys: TrustedKey[]; sigstore: Uint8Array | undefined }> {
  const bytes = await readBounded(cwd, path, 'trusted root', documentBytesMax);
  const json = parseStrictJson(bytes, documentBytesMax);
  if (!json.ok) throw new AppError('usage', `The trusted root ${path} cannot be used: ${json.fault}.`);
  if (!isObject(json.value) || !('schemaVersion' in json.value)) return { keys: [], sigstore: bytes };
  const document = TrustDocument.safeParse(json.value);
  if (!document.success) {
    const [issue] = document.error.issues;
    throw new AppError(
      'usage',
      `The trust document ${path} has a fault at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    );
  }
  const { keys, sigstore } = document.data;
  return {
    keys: keys.map(({ publicKeyPem, builderId, validFrom, retiredAt, revokedAt }) => ({
      publicKeyPem,
      builderIds: [builderId, ...idsOfDeployment(builderId)],
      validFor: {
        start: new Date(validFrom),
        ...(retiredAt !== undefined && { end: new Date(retiredAt) }),
      },
      revoked: revokedAt !== undefined,
    })),
    sigstore: sigstore === undefined ? undefined : Buffer.from(sigstore),
  };
}

async function readBounded(cwd: string, path: string, what: string, bytesMax: number): Promise<Buffer> {
  try {
    return await readAtMost(resolve(cwd, path), bytesMax);
  } catch (cause) {
    throw new AppError('usage', `The ${what} ${path} cannot be read.`, { cause });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
