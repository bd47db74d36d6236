import { readFileSync } from 'node:fs';
import { parseBundle } from '#verify/bundle.ts';
import { verifySignature } from '#verify/sigstore/verify-signature.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { trustMaterial } from '#verify/trust.ts';

/** A process that verifies one bundle by a key and ends: what is compared with cosign. */
const [bundlePath = '', keyPath = '', rootPath = ''] = process.argv.slice(2);
const bytes = readFileSync(bundlePath);
const json = parseStrictJson(bytes, bytes.length);
const bundle = parseBundle(json.ok ? json.value : undefined);
const trust = trustMaterial({
  keys: [{ publicKeyPem: readFileSync(keyPath, 'utf8') }],
  trustedRootJson: readFileSync(rootPath),
  thresholds: { timestamps: 1, logEntries: 1 },
});
if ('fault' in bundle || !verifySignature(bundle, trust).ok) process.exit(1);
