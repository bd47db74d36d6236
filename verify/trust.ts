import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { BoundedCache } from './sigstore/bounded-cache.ts';
import type { Checkpoint } from './sigstore/checkpoint.ts';
import type { VerifiedLeaf } from './sigstore/leaf.ts';
import type { Period } from './sigstore/period.ts';
import type { PublicKey } from './sigstore/public-key.ts';
import { parseTrustedRoot, type TrustedRoot } from './sigstore/trusted-root.ts';

/** A key that is trusted, and for whom it may speak. */
export interface TrustedKey {
  /** SubjectPublicKeyInfo, PEM; ECDSA P-256. */
  readonly publicKeyPem: string;
  /** The name under which bundles refer to it. Default: base64 of sha256 of the key's DER, as Sigstore has it. */
  readonly hint?: string;
  /** The only `builder.id`s that it may sign for. Absent: any, because whoever trusts the key did not say. */
  readonly builderIds?: readonly string[];
  /** When what it signed is believed. With an end, a trusted time has to prove when that was. */
  readonly validFor?: Period;
  /** Nothing that it signed is believed, whenever that was. */
  readonly revoked?: boolean;
}

/** How many witnesses a bundle has to have. What it has beyond that is verified all the same. */
export interface Thresholds {
  /** Times, from different authorities or logs. Default: 1 for a certificate, which never does with fewer; 0 for a key. */
  readonly timestamps?: number;
  /** Logs that have an entry. Default: 1 for a certificate, 0 for a key. */
  readonly logEntries?: number;
  /** Logs of certificates that know the certificate. Default: 1 where the trusted root has any, else 0. */
  readonly scts?: number;
}

export interface TrustInput {
  readonly keys?: readonly TrustedKey[];
  /** A Sigstore `trusted_root.json`. */
  readonly trustedRootJson?: string | Uint8Array;
  readonly thresholds?: Thresholds;
}

export interface ReadyKey {
  readonly publicKey: PublicKey;
  readonly builderIds: readonly string[] | undefined;
  readonly validFor: Period | undefined;
  readonly revoked: boolean;
}

/** Trust material made ready once, for any number of bundles. */
export interface Trust {
  readonly keys: ReadonlyMap<string, ReadyKey>;
  readonly root: TrustedRoot | undefined;
  readonly thresholds: Thresholds;
  /** What was verified by this trust before; it changes no result. */
  readonly memory: {
    readonly leaves: BoundedCache<VerifiedLeaf>;
    readonly checkpoints: BoundedCache<Checkpoint>;
  };
}

/** Why a key cannot be trusted, as a sentence. */
export class UnusableKey extends Error {}

export { UnusableTrustedRoot } from './sigstore/trusted-root.ts';

/** Certificates and checkpoints that are remembered: a few megabytes at most. */
const rememberedMax = 500;

/**
 * Trust in self-managed keys, in a Sigstore trusted root, or both. For a key no log and no time stamp is asked for
 * unless `thresholds` say so: the key was given by whoever verifies, so there is no certificate whose lifetime a time
 * would have to prove. Whatever a bundle brings is verified, and refused where no root is trusted.
 * @throws UnusableKey where a text is not the public key of ECDSA P-256, or two contradict one another
 * @throws UnusableTrustedRoot
 */
export function trustMaterial({ keys = [], trustedRootJson, thresholds = {} }: TrustInput): Trust {
  for (const count of Object.values(thresholds))
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError('a threshold is a whole number');
  return {
    keys: readyKeys(keys),
    root: trustedRootJson === undefined ? undefined : parseTrustedRoot(Buffer.from(trustedRootJson)),
    thresholds,
    memory: { leaves: new BoundedCache(rememberedMax), checkpoints: new BoundedCache(rememberedMax) },
  };
}

/** Trust in self-managed keys alone. @throws UnusableKey */
export function trustKeys(keys: readonly TrustedKey[]): Trust {
  return trustMaterial({ keys });
}

function readyKeys(trusted: readonly TrustedKey[]): Map<string, ReadyKey> {
  const keys = new Map<string, ReadyKey>();
  for (const { publicKeyPem, builderIds, validFor, revoked = false, hint: name } of trusted) {
    const key = parsePublicKey(publicKeyPem);
    if (validFor?.end && validFor.end < validFor.start)
      throw new UnusableKey('a key whose validity ends before it starts');
    const hint = name ?? hintOf(key);
    const ready: ReadyKey = {
      publicKey: { kind: 'ecdsa-p256', key },
      builderIds: builderIds && [...builderIds],
      validFor,
      revoked,
    };
    const before = keys.get(hint);
    keys.set(hint, before ? joined(before, ready) : ready);
  }
  return keys;
}

/** A key given twice may speak for both; given once without a limit, it has none. Its validity has to be one. */
function joined(one: ReadyKey, other: ReadyKey): ReadyKey {
  if (!one.publicKey.key.equals(other.publicKey.key)) throw new UnusableKey('two keys under one name');
  const [from, to] = [one, other].map(({ validFor }) => validFor);
  if (from?.start.getTime() !== to?.start.getTime() || from?.end?.getTime() !== to?.end?.getTime())
    throw new UnusableKey('a key that was given twice, with different validity');
  return {
    ...one,
    revoked: one.revoked || other.revoked,
    builderIds: one.builderIds && other.builderIds && [...one.builderIds, ...other.builderIds],
  };
}

function hintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

function parsePublicKey(pem: string): KeyObject {
  // createPublicKey derives the public key of a private one; whoever passes that made a mistake that must be seen.
  if (!/^-----BEGIN PUBLIC KEY-----/m.test(pem) || pem.includes('PRIVATE KEY'))
    throw new UnusableKey('not a public key in PEM (BEGIN PUBLIC KEY)');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UnusableKey('a PEM text that holds no public key');
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new UnusableKey('not an ECDSA key on P-256');
  return key;
}
