import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';
import { parseBundle } from '#verify/bundle.ts';
import { verifySignature, type SignatureVerdict } from '#verify/sigstore/verify-signature.ts';
import type { Trust } from '#verify/trust.ts';
import type { TestBundle } from './test-sigstore.ts';

/** Our verdict on a bundle as JSON; a shape that is refused is the check `bundle-format`. */
export function ours(bundle: TestBundle, trust: Trust, artifact?: Buffer): SignatureVerdict {
  const parsed = parseBundle(JSON.parse(JSON.stringify(bundle)));
  if ('fault' in parsed)
    return { ok: false, check: 'bundle-format', expected: 'a bundle', actual: parsed.fault };
  return verifySignature(parsed, trust, artifact && { bytes: artifact });
}

/** The name of the check that failed, or `ok`. */
export function failing(verdict: SignatureVerdict): string {
  return verdict.ok ? 'ok' : verdict.check;
}

export interface Reference {
  readonly root: object;
  readonly keys?: Readonly<Record<string, Buffer>>;
  readonly thresholds: { readonly timestamps: number; readonly logEntries: number; readonly scts: number };
}

/** A verifier of the reference implementation over the same trust. */
export function reference({
  root,
  keys = {},
  thresholds,
}: Reference): (bundle: TestBundle, artifact?: Buffer) => void {
  const material = toTrustMaterial(
    TrustedRoot.fromJSON(root),
    Object.fromEntries(
      Object.entries(keys).map(([hint, rawBytes]) => [hint, { rawBytes, keyDetails: 0 }]),
    ) as never,
  );
  const verifier = new Verifier(material, {
    timestampThreshold: thresholds.timestamps,
    tlogThreshold: thresholds.logEntries,
    ctlogThreshold: thresholds.scts,
  });
  return (bundle, artifact) => {
    verifier.verify(toSignedEntity(bundleFromJSON(bundle), artifact));
  };
}

/** Whether the reference implementation accepts it. */
export function accepts(verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
