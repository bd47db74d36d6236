import type { AttemptFacts, AttestInput } from '#schemas/jobs.ts';
import type { ResourceDescriptor } from '#schemas/provenance-predicate.ts';
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
      ...(source.url === undefined ? {} : { uri: source.url }),
      digest: source.digest,
      annotations: { kind: 'source', source: source.kind },
    },
    { name: 'rootfs.tar', digest: ran.rootfs.digest, annotations: { kind: 'rootfs' } },
    ...ran.rootfs.packages.map((item) => ({
      name: item.name,
      uri: debianPurl(item),
      digest: { sha256: item.sha256 },
      annotations: { kind: 'rootfs-package' },
    })),
    ...once(served).map(({ uri, sha256, kind }) => ({ uri, digest: { sha256 }, annotations: { kind } })),
  ];
}

/** A build may ask for the same file many times; sorted, so that the order of requests is no difference. */
function once(served: AttestInput['served']): AttestInput['served'] {
  const byKey = new Map(served.map((item) => [`${item.uri}\n${item.sha256}\n${item.kind}`, item]));
  return [...byKey].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, item]) => item);
}
