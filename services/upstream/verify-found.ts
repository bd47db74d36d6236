import { z } from 'zod';
import type { Claims, Digests } from '#core/upstream/claims.ts';
import { bundleMediaType, type FoundBundle } from '#core/upstream/found-bundle.ts';
import { deniedByCertificate, judgeSigner } from '#core/upstream/judge-signer.ts';
import { readClaims, sameBytes } from '#core/upstream/read-claims.ts';
import { signerName, type UpstreamSigner } from '#core/upstream/signer.ts';
import { statementPayloadType } from '#schemas/predicate-types.ts';
import { statementBytesMax } from '#schemas/statement.ts';
import { parseBundle, type ParsedBundle } from '#verify/bundle.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import {
  verifySignature,
  type SignatureVerdict,
  type TrustedTime,
} from '#verify/sigstore/verify-signature.ts';
import type { UpstreamTrust } from './open-trust.ts';

/** One check: what had to be, and what was found. `actual` may hold text that somebody else wrote. */
export interface UpstreamCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

interface Signed {
  readonly signer: UpstreamSigner;
  /** Whose the signature is, in words. */
  readonly by: string;
  readonly times: readonly TrustedTime[];
}

/**
 * A statement after its verification. `unidentified`: all is sound, but nobody who is believed says that this signer may
 * speak for the file; such a statement agrees with nothing and contradicts nothing.
 */
export type JudgedStatement = {
  readonly from: string;
  readonly checks: readonly UpstreamCheck[];
} & (
  | ({
      readonly standing: 'verified' | 'unidentified';
      readonly claims: Claims;
      readonly predicate: unknown;
    } & Signed)
  | { readonly standing: 'failed' }
);

const Envelope = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z
    .array(z.looseObject({ sig: z.string() }))
    .min(1)
    .max(8),
});

/**
 * Verifies what was found about one file, whose digests whoever asks made or was given. Pure over the trust, never
 * throws. A rebuilder's statement about its own output counts where its verified equivalence statement ties that output
 * to the file.
 */
export function verifyFound(
  found: readonly FoundBundle[],
  artifact: Digests,
  trust: UpstreamTrust,
): readonly JudgedStatement[] {
  const first = found.map((one) => judge(one, artifact, [], trust));
  const tied = first.flatMap((one) =>
    one.standing === 'verified' && one.claims.kind === 'equivalence' && one.claims.rebuilt !== undefined
      ? [{ digest: one.claims.rebuilt, by: one.by }]
      : [],
  );
  if (tied.length === 0) return first;
  return found
    .map((one, n) => (first[n]?.standing === 'failed' ? judge(one, artifact, tied, trust) : first[n]))
    .filter((one) => one !== undefined);
}

type Tied = readonly { readonly digest: Digests; readonly by: string }[];

function judge(found: FoundBundle, artifact: Digests, tied: Tied, trust: UpstreamTrust): JudgedStatement {
  const checks: UpstreamCheck[] = [];
  const check = (name: string, ok: boolean, expected: string, actual: string): boolean => {
    checks.push({ name, ok, expected: cut(expected), actual: cut(actual) });
    return ok;
  };
  const { from } = found;
  const failed: JudgedStatement = { from, checks, standing: 'failed' };
  const verified = checkSignature(found.json, trust, check);
  if (!verified) return failed;
  const { payload, signer, times } = verified;
  const json = parseStrictJson(payload, statementBytesMax);
  const claims = json.ok ? readClaims(json.value) : json;
  const sound = 'fault' in claims ? claims.fault : 'it is';
  if (
    !check('statement', !('fault' in claims), 'an in-toto statement in strict JSON', sound) ||
    'fault' in claims
  )
    return failed;
  const { by, identified } = identify(found, signer, claims, trust, check);
  if (identified === 'no') return failed;
  if (
    !checkSubject(
      claims,
      artifact,
      tied.filter((one) => one.by === by),
      check,
    )
  )
    return failed;
  const denied = deniedByCertificate(claims, signer);
  if (
    !check(
      'certificate-claims',
      denied === undefined,
      'nothing that the certificate denies',
      denied ?? 'nothing',
    )
  )
    return failed;
  const standing = identified === 'yes' ? 'verified' : 'unidentified';
  const { predicate } = (json.ok ? json.value : {}) as { predicate?: unknown };
  return { from, checks, standing, claims, predicate, signer, by, times };
}

type Check = (name: string, ok: boolean, expected: string, actual: string) => boolean;

function checkSignature(
  json: unknown,
  trust: UpstreamTrust,
  check: Check,
): { payload: Uint8Array; signer: UpstreamSigner; times: readonly TrustedTime[] } | undefined {
  const bundles = candidates(json, trust);
  const parsed = bundles.map((bundle) => parseBundle(bundle));
  const readable = parsed.filter((bundle): bundle is ParsedBundle => !('fault' in bundle));
  const fault = parsed.find((bundle) => 'fault' in bundle);
  const whole = 'a Sigstore bundle around a DSSE envelope, or an envelope signed by a key that is trusted';
  if (readable.length === 0) {
    check('bundle-format', false, whole, fault && 'fault' in fault ? fault.fault : 'no key was given to try');
    return undefined;
  }
  const content = readable[0]?.content;
  if (content?.kind !== 'dsse') {
    check('bundle-format', false, whole, 'a signature of a file, without a statement');
    return undefined;
  }
  // Every candidate is of the same envelope.
  const { payloadType, payload } = content;
  if (!check('payload-type', payloadType === statementPayloadType, statementPayloadType, payloadType))
    return undefined;
  let last: Extract<SignatureVerdict, { ok: false }> | undefined;
  for (const bundle of readable) {
    const verdict = verifySignature(bundle, trust.material);
    if (verdict.ok) {
      check('signature', true, 'made by a signer that is trusted', signerName(verdict.signer));
      return { payload, signer: verdict.signer, times: verdict.times };
    }
    last = verdict;
  }
  if (last) check(last.check, false, last.expected, last.actual);
  return undefined;
}

/** A bare envelope does not say whose key it is, and its keyid is not authenticated: each trusted key is tried. */
function candidates(json: unknown, trust: UpstreamTrust): unknown[] {
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return [json];
  const { payload, payloadType, signatures } = envelope.data;
  return signatures.flatMap(({ sig }) =>
    [...trust.keys.keys()].map((hint) => ({
      mediaType: bundleMediaType,
      verificationMaterial: { publicKey: { hint } },
      dsseEnvelope: { payload, payloadType, signatures: [{ sig }] },
    })),
  );
}

/** Whether somebody who is believed says that this signer may speak: of a key its owner, of a certificate the registry. */
function identify(
  { expected }: FoundBundle,
  signer: UpstreamSigner,
  { kind }: Claims,
  trust: UpstreamTrust,
  check: Check,
): { by: string; identified: 'yes' | 'no' | 'nobody-said' } {
  if (signer.kind === 'public-key') {
    const key = trust.keys.get(signer.hint);
    const by = key?.name ?? `key ${signer.hint}`;
    const may = key !== undefined && (key.kinds === undefined || key.kinds.includes(kind));
    const says = key?.kinds?.join(' or ') ?? 'anything';
    return { by, identified: check('key-usage', may, `${by} may say ${says}`, kind) ? 'yes' : 'no' };
  }
  const by = `${signer.subjectAlternativeName} (${signer.issuer})`;
  const wanted = [expected, trust.expected].filter((one) => one !== undefined);
  if (wanted.length === 0) check('identity', true, 'nobody says who may speak for this file', by);
  for (const one of wanted) {
    const judged = judgeSigner(signer, one);
    if (!check('identity', judged.ok, judged.expected, judged.actual)) return { by, identified: 'no' };
  }
  return { by, identified: wanted.length === 0 ? 'nobody-said' : 'yes' };
}

function checkSubject({ kind, subjects }: Claims, artifact: Digests, tied: Tied, check: Check): boolean {
  const own = subjects.some(({ digest }) => sameBytes(digest, artifact) === true);
  const through =
    kind === 'rebuild' &&
    tied.some((one) => subjects.some(({ digest }) => sameBytes(digest, one.digest) === true));
  const actual = own
    ? 'it does'
    : through
      ? 'the output that an equivalence statement of the same signer ties to it'
      : `${subjects.length} ${subjects.length === 1 ? 'subject' : 'subjects'}: ${digestWords(subjects[0]?.digest ?? {})}`;
  return check('subject-digest', own || through, `names ${digestWords(artifact)}`, actual);
}

function digestWords(digest: Digests): string {
  return Object.entries(digest)
    .map(([name, value]) => `${name}:${value}`)
    .join(' ');
}

function cut(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}…`;
}
