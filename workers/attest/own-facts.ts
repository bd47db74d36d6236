import type { Fact } from '#schemas/level.ts';
import type { Custody } from '#services/signing/custody.ts';

/** What the attester can see of its own place. */
export interface SignerPlace {
  /** Of its key; absent where each signature has a key of its own. */
  readonly hint?: string | undefined;
  /** Its effective user. */
  readonly uid: number;
  readonly custody: Custody;
}

/**
 * The facts that only the attester knows, each with its evidence. `provenanceOfArtifact`: whether a provenance is being
 * signed whose subject is the artifact itself. `recipeSha256` is absent where no provenance is signed at all.
 */
export function ownFacts(
  place: SignerPlace,
  signs: { provenanceOfArtifact: boolean; recipeSha256: string | undefined },
  stated: readonly Fact[],
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
    keyOutOfReach(key, stated),
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

/**
 * A process of the same user can read the key whatever its mode. Whether builds run under another user is for the
 * control plane to state: the attester cannot see them, and the one who runs them is not asked.
 */
function keyOutOfReach(key: string, stated: readonly Fact[]): Fact {
  const users = stated.filter(({ name }) => name === 'separate-users');
  const told = users.find(({ value }) => value === false) ?? users.find(({ value }) => value === true);
  if (!told)
    return measured('key-out-of-reach', null, `${key}; under which user builds run was not established`);
  const evidence = `${key}; builds run under ${told.value ? 'another user' : 'a user that can read it'}`;
  return { ...measured('key-out-of-reach', told.value, evidence), basis: told.basis };
}

function measured(name: Fact['name'], value: boolean | null, evidence: string): Fact {
  return { name, value, basis: 'measured', evidence };
}
