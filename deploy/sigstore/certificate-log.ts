import { createHash, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { ASN1Obj } from '@sigstore/core';
import { z } from 'zod';

const poison = '1.3.6.1.4.1.11129.2.4.3';

const AddChain = z.object({ chain: z.array(z.base64()).min(2).max(8) });

/**
 * A certificate-transparency log as far as Fulcio and verifiers see one: it answers a precertificate with a signed
 * certificate timestamp (RFC 6962 sections 3.2 and 4.2), which Fulcio puts into the certificate and verifiers check. It
 * keeps no tree: nobody asks it for a proof. (The real one, tesseract, cannot be had as a Go module everywhere.)
 */
export class CertificateLog {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  /** @param privateKey ECDSA P-256 */
  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
  }

  readonly answer: RequestListener = (request, response) => {
    if (request.method !== 'POST' || request.url !== '/ct/v1/add-pre-chain') {
      response.writeHead(404).end();
      return;
    }
    const refuse = (): void => void response.writeHead(400).end();
    this.#timestampFor(request).then((timestamp) => response.end(JSON.stringify(timestamp)), refuse);
  };

  async #timestampFor(request: Readable) {
    const { chain } = AddChain.parse(await json(request));
    const [precertificate, issuer] = chain.map((text) => Buffer.from(text, 'base64'));
    if (!precertificate || !issuer) throw new TypeError('a chain of two at least');
    return this.#timestamp(precertificate, new X509Certificate(issuer));
  }

  #timestamp(precertificate: Buffer, issuer: X509Certificate) {
    const timestamp = Date.now();
    const signature = sign('sha256', signedData(precertificate, issuer, timestamp), this.#privateKey);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(signature.length);
    return {
      sct_version: 0,
      id: certificateLogId(this.#publicKey).toString('base64'),
      timestamp,
      extensions: '',
      // A digitally-signed struct of TLS 1.2: sha256, ecdsa.
      signature: Buffer.concat([Buffer.from([4, 3]), length, signature]).toString('base64'),
    };
  }
}

/** A log's name, RFC 6962 section 3.2: sha256 of its key. */
export function certificateLogId(publicKey: KeyObject): Buffer {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

/** The struct that a timestamp of a precertificate is over: v1, certificate_timestamp, precert_entry, no extensions. */
function signedData(precertificate: Buffer, issuer: X509Certificate, timestampMs: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(BigInt(timestampMs), 2);
  head.writeUInt16BE(1, 10);
  const keyHash = sha256(issuer.publicKey.export({ type: 'spki', format: 'der' }));
  const tbs = withoutPoison(precertificate);
  const length = Buffer.alloc(3);
  length.writeUIntBE(tbs.length, 0, 3);
  return Buffer.concat([head, keyHash, length, tbs, Buffer.alloc(2)]);
}

/** DER of the TBSCertificate that the certificate itself will have, but for the timestamp. */
function withoutPoison(precertificate: Buffer): Buffer {
  const [tbs] = ASN1Obj.parseBuffer(Buffer.from(precertificate)).subs;
  const extensions = tbs?.subs.find(({ tag }) => tag.isContextSpecific(3))?.subs[0];
  if (tbs === undefined || extensions === undefined) throw new TypeError('no certificate with extensions');
  const kept = extensions.subs.filter(({ subs }) => subs[0]?.toOID() !== poison);
  if (kept.length !== extensions.subs.length - 1) throw new TypeError('no precertificate');
  extensions.subs.splice(0, Infinity, ...kept);
  return tbs.toDER();
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
