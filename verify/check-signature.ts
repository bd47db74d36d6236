import type { SignerIdentity } from '#core/policy/signer-table.ts';
import { statementPayloadType } from '#schemas/predicate-types.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { parseBundle } from './bundle.ts';
import type { Checklist } from './checks.ts';
import { verifySignature, type TrustedTime } from './sigstore/verify-signature.ts';
import { parseStrictJson } from './strict-json.ts';
import type { Trust } from './trust.ts';

/** What a bundle's signature was verified to cover, by whom, and since when it is there. */
export interface SignedPayload {
  readonly payload: Uint8Array;
  readonly signer: SignerIdentity;
  /** Of a certificate: Fulcio's extensions, object identifier → text. Empty for a key. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly times: readonly TrustedTime[];
  readonly logEntries: number;
}

/** Reads a bundle and verifies its signature and witnesses; undefined when a check failed. Never throws. */
export function openBundle(bytes: Uint8Array, trust: Trust, list: Checklist): SignedPayload | undefined {
  const json = parseStrictJson(bytes, bundleBytesMax);
  const strict = `JSON of at most ${bundleBytesMax} bytes, no member twice`;
  if (!list.record('bundle-json', json.ok, strict, json.ok ? 'it is' : json.fault) || !json.ok)
    return undefined;
  const bundle = parseBundle(json.value);
  const format = 'a Sigstore bundle with one signature around one statement';
  const fault = 'fault' in bundle ? bundle.fault : undefined;
  if (!list.record('bundle-format', fault === undefined, format, fault ?? 'it is') || 'fault' in bundle)
    return undefined;
  const { content } = bundle;
  const type = content.kind === 'dsse' ? content.payloadType : 'none: the file itself was signed';
  if (!list.record('payload-type', type === statementPayloadType, statementPayloadType, type))
    return undefined;
  if (content.kind !== 'dsse') return undefined;
  const verdict = verifySignature(bundle, trust);
  if (!verdict.ok) {
    list.record(verdict.check, false, verdict.expected, verdict.actual);
    return undefined;
  }
  const { signer, times, logEntries } = verdict;
  const byKey = signer.kind === 'public-key';
  if (byKey) list.record('signer', true, 'a key that is trusted', `key ${signer.hint}`);
  else {
    const sound = 'of a trusted authority, valid when it was used';
    list.record('certificate', true, sound, `for ${signer.subjectAlternativeName}`);
  }
  list.record('signature', true, 'made by that signer over this payload', 'it is');
  list.record('witnesses', true, askedWitnesses(trust, byKey), witnessText(times, logEntries));
  return {
    payload: content.payload,
    signer: byKey
      ? signer
      : { kind: 'certificate', identity: signer.subjectAlternativeName, issuer: signer.issuer },
    extensions: byKey ? {} : signer.extensions,
    times,
    logEntries,
  };
}

function askedWitnesses({ thresholds }: Trust, byKey: boolean): string {
  const { timestamps = byKey ? 0 : 1, logEntries = byKey ? 0 : 1 } = thresholds;
  if (timestamps + logEntries === 0) return 'none asked for: the key itself is trusted';
  return `at least ${timestamps} ${timestamps === 1 ? 'time' : 'times'} and ${logEntries} log ${logEntries === 1 ? 'entry' : 'entries'}`;
}

/** By what the signature was witnessed, and since when. */
export function witnessText(times: readonly TrustedTime[], logEntries: number): string {
  const log = logEntries === 0 ? [] : [`${logEntries} log ${logEntries === 1 ? 'entry' : 'entries'}`];
  const by = { 'timestamp-authority': 'time stamp', 'transparency-log': 'log' } as const;
  const stamps = times.map(({ source, at }) => `${by[source]} of ${at.toISOString()}`);
  return [...log, ...stamps].join(', ') || 'no log entry and no time stamp';
}
