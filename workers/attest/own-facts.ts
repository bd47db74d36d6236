import type { Fact } from '#schemas/level.ts';

/** What the attester can see of its own place. `uid` is its effective user; `mode` and `owner` are of the key's file. */
export interface SignerPlace {
  readonly hint: string;
  readonly uid: number;
  readonly key: { readonly mode: number; readonly uid: number };
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
  const key = `key ${place.hint}, file of user ${place.key.uid} with mode ${place.key.mode.toString(8)}`;
  const alone = (place.key.mode & 0o077) === 0 && place.key.uid === place.uid;
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
