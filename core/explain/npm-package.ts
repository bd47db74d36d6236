import type { Fields } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';

/** Whether the two are what `npm pack` makes: a tar of the folder `package` in a gzip. */
export function isNpmPackage({ format, path, archiveA }: Delta): boolean {
  const members = archiveA?.entries[0]?.content?.archive?.entries;
  return (
    format === 'gzip' &&
    path.length === 0 &&
    members !== undefined &&
    members.every(({ key }) => key.startsWith('package/')) &&
    members.some(({ key }) => key === 'package/package.json')
  );
}

/**
 * Which npm wrote a gzip header: since 7 it is `xfl` 2 and `os` 255 everywhere (minizlib's level 9, portable); before
 * that zlib's own, which names the system.
 */
export function npmOf(fields: Fields | undefined): 'old' | 'new' | undefined {
  const [xfl, os] = [fields?.['gzip_xfl'], fields?.['gzip_os']];
  if (xfl === '2' && os === '255 (unknown)') return 'new';
  return xfl === '0' && os !== undefined && /^(?:3|10|19) /.test(os) ? 'old' : undefined;
}
