import { reachFacts, type SignerReach } from '#core/level/signer-reach.ts';
import type { Fact } from '#schemas/level.ts';
import type { WorkerPlace } from '#schemas/place.ts';
import type { Custody } from '#services/signing/custody.ts';

/** What the attester can see of its own place, and what it laid out there for others to try to reach. */
export interface SignerPlace extends Omit<SignerReach, 'key'> {
  /** Of its key; absent where each signature has a key of its own. */
  readonly hint?: string | undefined;
  /** Its effective user, as in its own user namespace. */
  readonly uid: number;
  readonly custody: Custody;
}

/**
 * The facts that only the attester knows, each with its evidence. `provenanceOfArtifact`: whether a provenance is being
 * signed whose subject is the artifact itself. `recipeSha256` is absent where no provenance is signed at all. `worker`:
 * what the rebuild worker saw of its own place at the attempt.
 */
export function ownFacts(
  place: SignerPlace,
  signs: { provenanceOfArtifact: boolean; recipeSha256: string | undefined },
  worker: WorkerPlace | undefined,
): Fact[] {
  const { custody } = place;
  const key = keptWhere(place);
  const alone = custody.kind !== 'key-file' || ((custody.mode & 0o077) === 0 && custody.uid === place.uid);
  return [
    measured(
      'provenance-exists',
      signs.provenanceOfArtifact,
      signs.provenanceOfArtifact
        ? 'SLSA provenance v1 whose subject is the artifact, by digest'
        : 'no provenance was made whose subject is the artifact',
    ),
    measured(
      'external-parameters-complete',
      signs.recipeSha256 !== undefined,
      signs.recipeSha256 === undefined
        ? 'no provenance was made'
        : `externalParameters hold the whole recipe, sha256:${signs.recipeSha256}, and what was asked for`,
    ),
    measured('control-plane-signed', alone, `signed in workers/attest as user ${place.uid}; ${key}`),
    ...reachFacts({ ...place, key }, worker),
  ];
}

function keptWhere({ hint, custody }: SignerPlace): string {
  switch (custody.kind) {
    case 'key-file':
      return `key ${hint}, file of user ${custody.uid} with mode ${custody.mode.toString(8)}`;
    case 'pkcs11':
      return `key ${hint}, object ${custody.object} of PKCS #11 token ${custody.token}`;
    case 'kms':
      return `key ${hint}, ${custody.keyId} of a key-management service`;
    case 'keyless':
      return `a new key for each signature, in memory, certified by ${custody.authorityUrl} with a token of ${custody.tokenSource}`;
  }
}

function measured(name: Fact['name'], value: boolean | null, evidence: string): Fact {
  return { name, value, basis: 'measured', evidence: evidence.slice(0, 500) };
}
