import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import type { ExpectedSigner, FoundBundle } from '#core/upstream/found-bundle.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { IndexAttestation, IndexProvenance, bundleOfAttestation, signerOfPublisher } from './pep740.ts';

/** Most statements that one answer or file may bring; more is refused, never cut. */
export const statementsMax = 100;

/** Largest answer or file that is read. */
export const answerBytesMax = 16 * 1024 ** 2;

/** The answer of GitHub and of a package registry: https://docs.github.com/rest/repos/attestations */
const Answer = z.object({ attestations: z.array(z.looseObject({ bundle: z.unknown() })) });

const Envelope = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.unknown()).min(1),
});

/**
 * Finds the bundles in whatever form they came: a Sigstore bundle, a bare DSSE envelope, an answer with `attestations`, an
 * index's attestation or provenance object (PEP 740), or one of these on each line. Nothing is verified.
 * @throws AppError `upstream` where it is none of these, or has more than 100
 */
export function readBundles(bytes: Uint8Array, from: string, by: SaidBy = {}): FoundBundle[] {
  const whole = parseStrictJson(bytes, answerBytesMax);
  const parts = whole.ok ? bundlesIn(whole.value, by) : bundlesInLines(bytes, by);
  if (parts === undefined)
    throw new AppError(
      'upstream',
      `${from} holds no bundle that is known here${whole.ok ? '' : ` (${whole.fault})`}.`,
    );
  if (parts.length > statementsMax)
    throw new AppError('upstream', `${from} holds more than ${statementsMax} statements.`);
  return parts.map((part, n) => ({ ...part, from: parts.length === 1 ? from : `${from} (${n + 1})` }));
}

/** Who may have signed, as far as somebody who is believed in it says so. */
export interface SaidBy {
  readonly expected?: ExpectedSigner;
  /** The index that a provenance object came from: only it may say whom it took the file from. */
  readonly index?: string;
}

type Part = Omit<FoundBundle, 'from'>;

function bundlesInLines(bytes: Uint8Array, by: SaidBy): Part[] | undefined {
  const lines = splitLines(bytes);
  if (lines.length < 2 || lines.length > statementsMax) return undefined;
  const parts: Part[] = [];
  for (const line of lines) {
    const json = parseStrictJson(line, answerBytesMax);
    const found = json.ok ? bundlesIn(json.value, by) : undefined;
    if (!found) return undefined;
    parts.push(...found);
  }
  return parts;
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > answerBytesMax) return [];
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Buffer.from(line, 'latin1'));
}

function bundlesIn(value: unknown, { expected, index }: SaidBy): Part[] | undefined {
  const by = expected === undefined ? {} : { expected };
  const answer = Answer.safeParse(value);
  if (answer.success) return answer.data.attestations.map(({ bundle }) => ({ json: bundle, ...by }));
  const provenance = IndexProvenance.safeParse(value);
  if (provenance.success)
    return provenance.data.attestation_bundles.flatMap(({ publisher, attestations }) => {
      const signer = index === undefined ? expected : signerOfPublisher(publisher, index);
      return attestations.map((one) => ({
        json: bundleOfAttestation(one),
        ...(signer && { expected: signer }),
      }));
    });
  const attestation = IndexAttestation.safeParse(value);
  if (attestation.success) return [{ json: bundleOfAttestation(attestation.data), ...by }];
  const isBundle = z
    .object({ mediaType: z.string(), verificationMaterial: z.unknown() })
    .safeParse(value).success;
  return isBundle || Envelope.safeParse(value).success ? [{ json: value, ...by }] : undefined;
}
