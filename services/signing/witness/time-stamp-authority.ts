import { createHash, randomBytes } from 'node:crypto';
import { RFC3161Timestamp } from '@sigstore/core';
import { callService, refusal, type Service } from '../http/call-service.ts';
import { positive, timeStampQuery } from './time-stamp-query.ts';
import type { Witness } from './witness.ts';

const timeoutMs = 20_000;
const answerBytesMax = 65_536;
/** How far the authority's clock and ours may be apart. */
const skewMsMax = 5 * 60_000;

export interface TimeStampAuthorityOptions {
  /** Where queries are posted, such as `https://timestamp.sigstore.dev/api/v1/timestamp`. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A time-stamp authority (RFC 3161 over HTTP, section 3.4). It is told the sha256 of the signature and a random number,
 * nothing else. What it answers is taken only if it is a stamp of that digest, with that number, of about now.
 */
export function timeStampAuthority({ url, now }: TimeStampAuthorityOptions): Witness {
  const service: Service = { name: 'the time-stamp authority', url, variable: 'ASSAY_TSA_URL' };
  return {
    testify: async ({ signature }, signal) => {
      const imprint = createHash('sha256').update(signature).digest();
      const nonce = randomBytes(8);
      const { status, body } = await callService(service, {
        method: 'POST',
        path: '',
        headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
        body: timeStampQuery(imprint, nonce),
        timeoutMs,
        answerBytesMax,
        signal,
      });
      if (status !== 200 && status !== 201) throw refusal(service, `answered ${status}`);
      const fault = faultOf(body, imprint, nonce, now());
      if (fault !== undefined) throw refusal(service, `gave no usable stamp: ${fault}`);
      return {
        material: {
          timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: body.toString('base64') }] },
        },
      };
    },
  };
}

/** What is wrong with an answer. Who signed it is checked with the whole bundle, against the trusted root. */
function faultOf(answer: Buffer, imprint: Buffer, nonce: Buffer, nowMs: number): string | undefined {
  try {
    const stamp = RFC3161Timestamp.parse(Buffer.from(answer));
    // RFC 3161 section 2.4.2: granted, grantedWithMods; with any other status there is no token.
    if (stamp.status !== 0n && stamp.status !== 1n) return `status ${stamp.status}`;
    const { tstInfo } = stamp;
    if (tstInfo.messageImprintHashAlgorithm !== 'sha256') return 'a digest of another algorithm';
    if (!tstInfo.messageImprintHashedMessage.equals(imprint)) return 'it is of another signature';
    if (!holdsNonce(tstInfo, nonce)) return 'it repeats another nonce, or none';
    const apartMs = Math.abs(tstInfo.genTime.getTime() - nowMs);
    return apartMs <= skewMsMax ? undefined : `its clock and ours are ${Math.round(apartMs / 1000)} s apart`;
  } catch {
    return 'not a time stamp';
  }
}

/** TSTInfo: version, policy, messageImprint, serialNumber, genTime, then optional members; the one INTEGER is the nonce. */
function holdsNonce({ root }: RFC3161Timestamp['tstInfo'], nonce: Buffer): boolean {
  return root.subs.slice(5).some(({ tag, value }) => tag.isInteger() && value.equals(positive(nonce)));
}
