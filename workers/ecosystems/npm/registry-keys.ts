import { z } from 'zod';
import type { UpstreamKey } from '#core/upstream/upstream-key.ts';

/** Target of Sigstore's public TUF repository that holds the keys of the public registry. */
const target = 'registry.npmjs.org/keys.json';

const Keys = z.object({
  keys: z.array(
    z.object({
      keyId: z.string().max(200),
      keyUsage: z.string(),
      publicKey: z.object({
        rawBytes: z.base64(),
        validFor: z.object({ start: z.iso.datetime(), end: z.iso.datetime().optional() }),
      }),
    }),
  ),
});

/** The keys with which the public registry says that it took a package in; they may say nothing else. */
export function registryKeys(targets: ReadonlyMap<string, string>): readonly UpstreamKey[] {
  const text = targets.get(target);
  if (text === undefined) return [];
  return Keys.parse(JSON.parse(text))
    .keys.filter(({ keyUsage }) => keyUsage === 'npm:attestations')
    .map(({ keyId, publicKey: { rawBytes, validFor } }) => ({
      name: 'the npm registry',
      hint: keyId,
      publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${rawBytes.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PUBLIC KEY-----\n`,
      validFor: { start: validFor.start, ...(validFor.end !== undefined && { end: validFor.end }) },
      kinds: ['publication'],
    }));
}
