import { AppError } from '#core/errors/app-error.ts';
import { AnswerLost } from './http/call-service.ts';
import { signStatement, type SignedStatement } from './sign-statement.ts';
import type { Signer, SigningKey } from './signer.ts';
import type { Signing } from './signing.ts';
import type { Witness } from './witness/witness.ts';

/** How often a statement is signed anew where the answer of a service was lost on the way. */
const triesMax = 3;

/** What a way to sign is put together from. */
export interface SigningParts {
  readonly signer: Signer;
  /** The one key of `signer`, where it has one. */
  readonly key?: SigningKey | undefined;
  readonly timestamps?: Witness | undefined;
  readonly log?: Witness | undefined;
  /** What a stranger would find wrong with a bundle; undefined where nothing. Default: nobody is asked. */
  readonly faultOf?:
    ((bundle: Uint8Array, asked: { readonly log: boolean }) => string | undefined) | undefined;
}

/** A signer with its witnesses. No bundle leaves that does not verify. */
export function createSigning({ signer, key, timestamps, log, faultOf }: SigningParts): Signing {
  return {
    ...(key && { key: { hint: key.hint, publicKeyPem: key.publicKeyPem } }),
    hasLog: log !== undefined,
    sign: async (statement, ask, signal) => {
      const logged = ask.log && log !== undefined;
      // The log comes last: an entry is there for ever, so none is made for a signature that then gets no time stamp.
      const witnesses = [timestamps, logged ? log : undefined].filter((witness) => witness !== undefined);
      const { bytes, signature } = await signedAgainWhereLost(() =>
        signStatement(statement, signer, witnesses, signal),
      ).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw asUnavailable(error);
      });
      const fault = faultOf?.(bytes, { log: logged });
      if (fault !== undefined) throw unverifiable(fault);
      const { material } = signature;
      return {
        bytes,
        ...(material.kind === 'public-key' && { keyHint: material.hint }),
        witnessed: { log: logged, timestamp: timestamps !== undefined },
      };
    },
  };
}

/** A log refuses an entry that it has, so what was lost on the way is not asked for again: another signature is made. */
async function signedAgainWhereLost(sign: () => Promise<SignedStatement>): Promise<SignedStatement> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await sign();
    } catch (error) {
      if (!(error instanceof AnswerLost) || tried === triesMax) throw error;
    }
  }
}

/** What was found when it was opened may be gone or wrong now, such as the file of a PIN: until it is mended. */
function asUnavailable(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code === 'unavailable') return error;
  const { message, hint } = error;
  return new AppError('unavailable', message, hint === undefined ? {} : { hint });
}

function unverifiable(fault: string): AppError {
  return new AppError('unavailable', `What was signed does not verify against the trusted root: ${fault}.`, {
    hint: 'Check that ASSAY_TRUSTED_ROOT_FILE is of the certificate authority, time-stamp authority and log in use.',
  });
}
