import { parseBundle } from '#verify/bundle.ts';
import { verifySignature } from '#verify/sigstore/verify-signature.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { trustMaterial } from '#verify/trust.ts';
import { reference } from '#test/harness/sigstore/verify-both.ts';

/** Verifies one bundle, from its bytes. @throws Error where it does not pass: a benchmark measures only what passes */
export type Verify = (bundleBytes: Buffer) => void;

interface Key {
  readonly publicKeyPem: string;
  readonly hint: string;
  readonly der: Buffer;
}

const thresholds = { timestamps: 1, logEntries: 1, scts: 0 };

export function engineOf(root: object, { publicKeyPem }: Pick<Key, 'publicKeyPem'>): Verify {
  const trust = trustMaterial({
    keys: [{ publicKeyPem }],
    trustedRootJson: JSON.stringify(root),
    thresholds,
  });
  return (bytes) => {
    const json = parseStrictJson(bytes, bytes.length);
    const bundle = parseBundle(json.ok ? json.value : undefined);
    const verdict = 'fault' in bundle ? undefined : verifySignature(bundle, trust);
    if (!verdict?.ok) throw new Error(`ours refuses: ${JSON.stringify(verdict)}`);
  };
}

export function referenceOf(root: object, { hint, der }: Key): Verify {
  const verify = reference({ root, keys: { [hint]: der }, thresholds });
  return (bytes) => verify(JSON.parse(bytes.toString()));
}
