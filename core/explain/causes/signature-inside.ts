import type { Delta } from '#core/compare/delta.ts';
import type { ContentView } from '#core/compare/content-view.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Part } from '#schemas/comparison.ts';
import type { Explainer } from '../explainer.ts';
import { ownLines } from '../own-lines.ts';

/** Files that hold a signature over the rest of the archive: jar, app bundle, wheel, .deb, .rpm, NuGet, detached ones. */
const signatureName =
  /(?:^|\/)(?:META-INF\/(?:[^/]+\.(?:SF|RSA|DSA|EC)|SIG-[^/]+)|_CodeSignature\/[^/]+|RECORD\.(?:jws|p7s)|_gpg[\w-]*|\.signature\.p7s|[^/]+\.(?:asc|sig|minisig|sigstore|sigstore\.json))$/;

/** Digests of members, which jarsigner adds to the manifest. */
const manifestLine = /^(?:Name: .*|[\w-]{1,40}-Digest(?:-Manifest)?: .*| \S+|)$/;

function digestsOf({ path }: Delta, view: ContentView): { a: string | null; b: string | null } | undefined {
  const own = path.at(-1) === 'META-INF/MANIFEST.MF' ? ownLines(view) : undefined;
  if (own?.complete !== true) return undefined;
  const lines = [...own.a, ...own.b];
  const digest = /-Digest: /;
  if (!lines.some(({ text }) => digest.test(text)) || !lines.every(({ text }) => manifestLine.test(text)))
    return undefined;
  const first = (side: typeof own.a) => side.find(({ text }) => digest.test(text))?.text ?? null;
  return { a: first(own.a), b: first(own.b) };
}

/** Parts of programs that hold a signature: Authenticode in PE, the code signature in Mach-O. */
const signaturePart = /^(?:certificate table|code signature.*)$/;
/** Parts that a signature brings along: where it stands, and a sum over the file. */
const followsSignature =
  /^(?:optional header (?:CheckSum|certificate table .*)|load command (?:LC_CODE_SIGNATURE|LC_SEGMENT_64|LC_SEGMENT).*|header (?:ncmds|sizeofcmds).*|fat header|unnamed bytes)$/;

/** Where other parts differ, too, the signature is another because of them. */
function programSignature({ inside }: ContentView): Part | undefined {
  const parts = inside?.parts ?? [];
  const signature = parts.find(({ name }) => signaturePart.test(name));
  const others = parts.filter(({ name }) => !signaturePart.test(name) && !followsSignature.test(name));
  return others.length === 0 ? signature : undefined;
}

function signatureOf(
  facts: ComparisonFacts,
  delta: Delta,
): { a?: string | null; b?: string | null } | undefined {
  const { kind, path } = delta;
  if (kind === 'order' || kind === 'metadata' || kind === 'bytes') return undefined;
  const nameB = delta.pathB?.at(-1) ?? path.at(-1) ?? '';
  if (signatureName.test(path.at(-1) ?? '') && signatureName.test(nameB)) {
    return { a: delta.a ?? null, b: delta.b ?? null };
  }
  const view = facts.view(delta);
  if (view === undefined) return undefined;
  const digests = digestsOf(delta, view);
  if (digests !== undefined) return digests;
  const part = programSignature(view);
  return part === undefined ? undefined : { a: part.a ?? null, b: part.b ?? null };
}

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
    needs: ['names', 'content'],
  },
  explain(facts) {
    const evidence = facts.deltas.flatMap((delta) => {
      const shown = signatureOf(facts, delta);
      return shown === undefined ? [] : [{ delta, ...shown }];
    });
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
