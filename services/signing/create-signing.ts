import { signStatement } from './sign-statement.ts';
import type { Signer, SigningKey } from './signer.ts';
import type { Signing } from './signing.ts';
import type { Witness } from './witness/witness.ts';

/** What a way to sign is put together from. */
export interface SigningParts {
  readonly signer: Signer;
  /** The one key of `signer`, where it has one. */
  readonly key?: SigningKey | undefined;
  readonly timestamps?: Witness | undefined;
  readonly log?: Witness | undefined;
}

/** A signer with its witnesses. */
export function createSigning({ signer, key, timestamps, log }: SigningParts): Signing {
  return {
    ...(key && { key: { hint: key.hint, publicKeyPem: key.publicKeyPem } }),
    hasLog: log !== undefined,
    sign: async (statement, ask, signal) => {
      const witnesses = [timestamps, ask.log ? log : undefined].filter((witness) => witness !== undefined);
      const { bytes, signature } = await signStatement(statement, signer, witnesses, signal);
      const { material } = signature;
      return {
        bytes,
        ...(material.kind === 'public-key' && { keyHint: material.hint }),
        witnessed: { log: ask.log && log !== undefined, timestamp: timestamps !== undefined },
      };
    },
  };
}
