import type { ExpectedSigner } from '#core/upstream/found-bundle.ts';
import type { UpstreamKey } from '#core/upstream/upstream-key.ts';
import { trustMaterial, type Trust, type TrustedKey } from '#verify/trust.ts';

/** Whom we believe when somebody else has signed. */
export interface UpstreamTrust {
  readonly material: Trust;
  /** By the hint that a bundle names a key with. */
  readonly keys: ReadonlyMap<string, UpstreamKey>;
  /** Who has to have signed whatever has a certificate, besides what its place says. */
  readonly expected?: ExpectedSigner;
}

/**
 * Trust in a Sigstore root and in keys. A certificate needs a trusted time and, where the root has a log at all, an entry
 * in it: GitHub's own root has none.
 * @throws UnusableKey, UnusableTrustedRoot (verify/trust.ts)
 */
export function openTrust(
  trustedRootJson: string | Uint8Array,
  keys: readonly UpstreamKey[],
  expected?: ExpectedSigner,
): UpstreamTrust {
  const trusted = keys.map(({ publicKeyPem, hint, validFor }): TrustedKey => {
    const period = validFor && {
      start: new Date(validFor.start),
      ...(validFor.end !== undefined && { end: new Date(validFor.end) }),
    };
    return { publicKeyPem, ...(hint !== undefined && { hint }), ...(period && { validFor: period }) };
  });
  const material = trustMaterial({ keys: trusted, trustedRootJson });
  const withLog = material.root !== undefined && material.root.logs.length > 0;
  // Map keeps the order in which keys were given, and so does the material: each has its own hint there.
  const hints = trusted.map((key) => [...trustMaterial({ keys: [key] }).keys.keys()][0] ?? '');
  return {
    material: withLog
      ? material
      : trustMaterial({ keys: trusted, trustedRootJson, thresholds: { logEntries: 0 } }),
    keys: new Map(keys.map((key, n) => [hints[n] ?? '', key])),
    ...(expected && { expected }),
  };
}
