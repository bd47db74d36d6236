import { X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { callService, refusal, type Service } from '../http/call-service.ts';

const timeoutMs = 20_000;
const answerBytesMax = 65_536;
/** How far the authority's clock and ours may be apart. */
const skewMsMax = 5 * 60_000;

const Chain = z.object({ chain: z.object({ certificates: z.array(z.string().max(16_384)).min(1).max(8) }) });
const SigningCertificate = z.union([
  z
    .object({ signedCertificateEmbeddedSct: Chain })
    .transform((answer) => answer.signedCertificateEmbeddedSct),
  z
    .object({ signedCertificateDetachedSct: Chain })
    .transform((answer) => answer.signedCertificateDetachedSct),
]);

/** What the authority is told. */
export interface CertificateRequest {
  /** The OIDC token of who asks. */
  readonly token: string;
  readonly publicKey: KeyObject;
  /** The token's subject, signed with the private key. */
  readonly proof: Uint8Array;
}

/**
 * A certificate for `publicKey` from Fulcio (POST /api/v2/signingCert). Taken only if it is for that key and valid now;
 * who issued it is checked with the whole bundle, against the trusted root. No answer of it is repeated in an error: it
 * could hold the token.
 * @returns DER of the leaf
 * @throws AppError `unavailable`
 */
export async function certify(
  url: string,
  request: CertificateRequest,
  now: () => number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const service: Service = { name: 'the certificate authority', url, variable: 'ASSAY_FULCIO_URL' };
  const { status, body } = await callService(service, {
    method: 'POST',
    path: '/api/v2/signingCert',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: requestBody(request),
    timeoutMs,
    answerBytesMax,
    signal,
  });
  if (status === 400 || status === 401 || status === 403) {
    const hint =
      'See its log: which issuers and audiences it accepts, and what identity the token of this machine has.';
    throw refusal(service, `refused the identity of this machine (${status})`, hint);
  }
  if (status !== 200 && status !== 201) throw refusal(service, `answered ${status}`);
  const certificate = leafOf(body);
  if (!certificate) throw refusal(service, 'gave no certificate');
  if (!certificate.publicKey.equals(request.publicKey))
    throw refusal(service, 'gave a certificate for another key');
  if (!coversNow(certificate, now()))
    throw refusal(service, 'gave a certificate that is not valid now; compare the clocks');
  return certificate.raw;
}

function requestBody({ token, publicKey, proof }: CertificateRequest): string {
  return JSON.stringify({
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: publicKey.export({ type: 'spki', format: 'pem' }) },
      proofOfPossession: Buffer.from(proof).toString('base64'),
    },
  });
}

function leafOf(body: Buffer): X509Certificate | undefined {
  try {
    const [leaf] = SigningCertificate.parse(JSON.parse(body.toString('utf8'))).chain.certificates;
    return leaf === undefined ? undefined : new X509Certificate(leaf);
  } catch {
    return undefined;
  }
}

function coversNow({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() - skewMsMax <= nowMs && nowMs < validToDate.getTime() + skewMsMax;
}
