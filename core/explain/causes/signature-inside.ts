import type { Explainer } from '../explainer.ts';

/** Files that hold a signature over the rest of the archive: jar, app bundle, wheel, .deb, NuGet, detached ones. */
const signatureName =
  /(?:^|\/)(?:META-INF\/[^/]+\.(?:SF|RSA|DSA|EC)|_CodeSignature\/[^/]+|RECORD\.(?:jws|p7s)|_gpg(?:origin|builder)|\.signature\.p7s|[^/]+\.(?:asc|sig|sigstore\.json))$/;

export const signatureInside: Explainer = {
  meta: {
    id: 'signature-inside',
    title: 'A signature is part of the file',
    remedy:
      'Publish the signature beside the file, not in it; nobody but its signer can make it again. What it signs is compared all the same.',
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(
        ({ kind, path }) =>
          (kind === 'content' || kind === 'missing' || kind === 'extra') &&
          signatureName.test(path.at(-1) ?? ''),
      )
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
