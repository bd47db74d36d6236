import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };

/**
 * The targets of Sigstore's public TUF repository as package @sigstore/tuf carries them (TUF target → text): the public
 * trusted root, and the keys of registries that sign. No network; as new as the package.
 */
export function publicSeed(): ReadonlyMap<string, string> {
  const [repository] = Object.values(seeds);
  return new Map(
    Object.entries(repository?.targets ?? {}).map(([name, content]) => [
      decodeURIComponent(name),
      Buffer.from(content, 'base64').toString('utf8'),
    ]),
  );
}
