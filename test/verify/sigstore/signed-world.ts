import {
  type BundleOptions,
  certificateSigner,
  keySigner,
  testBundle,
  type TestBundle,
  type TestSigner,
  testSigstore,
  trustedRootOf,
} from '#test/harness/sigstore/test-sigstore.ts';
import { failing, ours, reference } from '#test/harness/sigstore/verify-both.ts';
import { type Thresholds, type TrustedKey, trustMaterial } from '#verify/trust.ts';

export const world = testSigstore();
export const root = trustedRootOf(world);
export const trust = trustMaterial({ trustedRootJson: JSON.stringify(root) });
export const keyless = certificateSigner(world);
export const key = keySigner();

export const trustWith = (keys: readonly TrustedKey[], thresholds: Thresholds = {}) =>
  trustMaterial({ keys, trustedRootJson: JSON.stringify(root), thresholds });
export const trustKey = trustWith([key]);
const certified = { timestamps: 1, logEntries: 1, scts: 0 };
const lenient = { timestamps: 0, logEntries: 0, scts: 0 };
export const library = reference({ root, keys: { [key.hint]: key.der }, thresholds: certified });
export const lenientLibrary = reference({ root, keys: { [key.hint]: key.der }, thresholds: lenient });

export const check = (bundle: TestBundle) => failing(ours(bundle, trust));

export function changed(
  edit: (bundle: TestBundle) => void,
  options: BundleOptions = {},
  signer: TestSigner = keyless,
) {
  const bundle = structuredClone(testBundle(world, signer, options));
  edit(bundle);
  return bundle;
}

export const material = (bundle: TestBundle) => bundle['verificationMaterial'];
export const firstEntry = (bundle: TestBundle) => material(bundle).tlogEntries[0];
