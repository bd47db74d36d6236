import { basename, resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { parsePurl, type ParsedPurl } from '#core/purl/purl.ts';
import type { Digests } from '#core/upstream/claims.ts';
import { parseImageReference, type ImageReference } from '#services/upstream/oci/reference.ts';
import type { CliIo } from '../io.ts';
import { digestsOf } from '../verify/digest-of.ts';
import type { UpstreamFlags } from './flags.ts';

/** What is asked about. */
export interface Subject {
  readonly purl?: ParsedPurl;
  readonly image?: ImageReference;
  /** The file itself, digested here. */
  readonly artifact?: { readonly name: string; readonly digest: Digests };
}

/** A package URL, an image by its digest, or a file. @throws AppError `usage`, `invalid-purl` */
export async function readSubject(io: CliIo, what: string, flags: UpstreamFlags): Promise<Subject> {
  if (what.startsWith('pkg:')) {
    if (flags.purl !== undefined)
      throw new AppError('usage', '--purl is for a file; a package URL was given already.');
    return { purl: parsePurl(what) };
  }
  if (/@sha256:[0-9a-f]{64}$/.test(what)) {
    const image = parseImageReference(what);
    return { image, artifact: { name: image.text, digest: { sha256: image.sha256 } } };
  }
  const digest: Digests = { ...(await digestsOf(resolve(io.cwd, what), what)) };
  const artifact = { name: flags.file ?? basename(what), digest };
  return { artifact, ...(flags.purl !== undefined && { purl: parsePurl(flags.purl) }) };
}
