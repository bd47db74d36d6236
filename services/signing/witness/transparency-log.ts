import { createPublicKey } from 'node:crypto';
import { answerLost, callService, refusal, type Service } from '../http/call-service.ts';
import { readLogEntry, type Logged } from './log-entry.ts';
import type { Testified, Witness } from './witness.ts';

/** The log answers only when a checkpoint holds the entry: rekor-tiles, CLIENTS.md, "Handling Longer Requests". */
const timeoutMs = 30_000;
const answerBytesMax = 262_144;

/**
 * A Rekor v2 log. It is told the sha256 of what was signed, the signature and the key or certificate, never a statement.
 * What it answers is taken only if it is an entry of just that.
 * https://github.com/sigstore/rekor-tiles/blob/v2.3.0/CLIENTS.md
 */
export function transparencyLog(url: string): Witness {
  const service: Service = { name: 'the transparency log', url, variable: 'ASSAY_REKOR_URL' };
  return {
    testify: async (signed, signal) => {
      const logged = loggedOf(signed);
      const { status, body } = await callService(service, {
        method: 'POST',
        path: '/api/v2/log/entries',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: requestOf(logged),
        timeoutMs,
        answerBytesMax,
        signal,
      });
      // It has this very entry and gives no proof of it: another signature makes another entry.
      if (status === 409) throw answerLost(service, 'has this entry already and gives no proof of it');
      if (status !== 200 && status !== 201) throw refusal(service, `answered ${status}`);
      const entry = readLogEntry(body, logged);
      if ('fault' in entry) throw refusal(service, `gave no usable entry: ${entry.fault}`);
      return { material: { tlogEntries: [entry] } };
    },
  };
}

function requestOf({ digest, signature, verifier }: Logged): string {
  return JSON.stringify({
    hashedRekordRequestV002: { digest, signature: { content: signature, verifier } },
  });
}

function loggedOf({ paeSha256, signature, material }: Testified): Logged {
  return {
    digest: Buffer.from(paeSha256).toString('base64'),
    signature: Buffer.from(signature).toString('base64'),
    verifier: verifierOf(material),
  };
}

/** How an entry names who signed. */
function verifierOf(material: Testified['material']): Logged['verifier'] {
  const keyDetails = 'PKIX_ECDSA_P256_SHA_256';
  if (material.kind === 'certificate')
    return {
      x509Certificate: { rawBytes: Buffer.from(material.certificate).toString('base64') },
      keyDetails,
    };
  const der = createPublicKey(material.publicKeyPem).export({ type: 'spki', format: 'der' });
  return { publicKey: { rawBytes: der.toString('base64') }, keyDetails };
}
