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
    looksLike: 'META-INF/SIGNER.RSA\n  a: 1821 bytes\n  b: 1833 bytes',
    why: 'The publisher signed the archive and put the signature into it; the key is theirs alone, and most signatures have a time or a random number.',
    fixes: {
      jar: 'publish the unsigned jar beside its .asc',
      Maven: 'maven-gpg-plugin signs beside the file',
      dpkg: 'sign the .changes, not the .deb',
      'npm, pip': 'the signatures of the registry, outside of the file',
    },
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
