import type { AttemptFacts, AttestInput, RootfsPackage } from '#schemas/jobs.ts';
import { Uri, type ResourceDescriptor } from '#schemas/provenance-predicate.ts';
import type { Recipe } from '#schemas/recipe.ts';
import { debianPurl } from '../purl/debian-purl.ts';

/** SLSA `resolvedDependencies`: all that went into the build, each with its digest, each once. */
export function resolvedDependencies(
  recipe: Recipe,
  ran: AttemptFacts,
  served: AttestInput['served'],
): ResourceDescriptor[] {
  const { source } = recipe;
  return [
    {
      name: source.file,
      ...location(source.url),
      digest: source.digest,
      annotations: { kind: 'source', source: source.kind },
    },
    { name: 'rootfs.tar', digest: ran.rootfs.digest, annotations: { kind: 'rootfs' } },
    ...ran.rootfs.packages.map((item) => ({
      ...named(item.name),
      ...location(packagePurl(item)),
      digest: { sha256: item.sha256 },
      annotations: { kind: 'rootfs-package' },
    })),
    ...once(served).map(({ uri, sha256, kind }) => ({
      ...(location(uri) ?? named(uri)),
      digest: { sha256 },
      annotations: { kind },
    })),
  ];
}

/** A name that is none, or that no purl can carry, leaves the package known by its digest alone. */
function packagePurl(item: RootfsPackage): string | undefined {
  const texts = [item.name, item.version, item.architecture];
  // Purl's rules trim: padded, a text would be that of another package, or none at all.
  const carried = texts.every((text) => text !== '' && text === text.trim() && text.isWellFormed());
  return carried ? debianPurl(item) : undefined;
}

/** As a URI where it is one or can be written as one. Texts are of others: what is none is at best a name. */
function location(text: string | undefined): { uri: string } | undefined {
  if (text === undefined) return undefined;
  const uri =
    Uri.safeParse(text).data ?? (URL.canParse(text) ? Uri.safeParse(new URL(text).href).data : undefined);
  return uri === undefined ? undefined : { uri };
}

function named(text: string): { name: string } | undefined {
  return text === '' ? undefined : { name: text.slice(0, 255) };
}

/** A build may ask for the same file many times; sorted, so that the order of requests is no difference. */
function once(served: AttestInput['served']): AttestInput['served'] {
  const byKey = new Map(served.map((item) => [`${item.uri}\n${item.sha256}\n${item.kind}`, item]));
  return [...byKey].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, item]) => item);
}
