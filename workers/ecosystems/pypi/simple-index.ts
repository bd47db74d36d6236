import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { Sha256 } from '#schemas/digest.ts';
import { publicUrl, type Upstream } from '../upstream.ts';
import { isProjectName, normalizeName } from './names.ts';

/** One file of a project, as the registry's simple API lists it (PEP 691, PEP 700). Names and URLs are hostile. */
export interface IndexFile {
  readonly filename: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly sha256: Sha256;
  readonly size?: number;
  /** RFC 3339; absent where the registry does not say (before PEP 700). */
  readonly uploadTime?: string;
  readonly requiresPython?: string;
  readonly yanked: boolean | string;
  /** Where the file's provenance object is (PEP 740); absolute. */
  readonly provenance?: string;
}

/** A project's files in the registry's own order. */
export interface ProjectIndex {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** Where it was read, without credentials. */
  readonly url: string;
  readonly files: readonly IndexFile[];
  /** Size of the answer that it was read from. */
  readonly sizeBytes: number;
}

export const simpleJson = 'application/vnd.pypi.simple.v1+json';

/** setuptools' index, with two thousand files, is about 1 MB; the largest known are below 30 MB. */
export const indexBytesMax = 64 * 1024 ** 2;
const filesMax = 200_000;

const Index = z.object({
  meta: z.object({ 'api-version': z.string().regex(/^1\.\d+$/) }),
  files: z.array(z.unknown()).max(filesMax),
});

const File = z.object({
  filename: z.string().min(1).max(255),
  url: z.string().max(4096),
  hashes: z.object({ sha256: Sha256 }),
  size: z.int().nonnegative().optional(),
  'upload-time': z.iso.datetime({ offset: true }).optional().catch(undefined),
  'requires-python': z.string().max(1000).nullish().catch(undefined),
  yanked: z.union([z.boolean(), z.string().max(1000)]).optional(),
  provenance: z.string().max(4096).nullish().catch(undefined),
});

/**
 * Reads a PEP 691 answer. A file without a sha256 or with another scheme than http(s) is left out: it could not be
 * checked. `base` is the URL that relative ones are relative to.
 * @throws AppError `upstream` where it is not such an answer
 */
export function parseIndex(body: Buffer, base: string, name: string): ProjectIndex {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AppError('upstream', `The registry's index of ${name} is not JSON.`, {
      hint: 'The registry must speak the simple API in JSON (PEP 691).',
      cause,
    });
  }
  const index = Index.safeParse(json);
  if (!index.success)
    throw new AppError('upstream', `The registry's index of ${name} is not a simple API version 1 answer.`, {
      hint: 'The registry must speak the simple API in JSON (PEP 691).',
    });
  const files = index.data.files.flatMap((entry) => {
    const file = File.safeParse(entry);
    if (!file.success || !URL.canParse(file.data.url, base)) return [];
    const url = new URL(file.data.url, base);
    return url.protocol === 'https:' || url.protocol === 'http:'
      ? [indexFile(file.data, url.href, base)]
      : [];
  });
  return { name, url: publicUrl(base), files, sizeBytes: body.length };
}

function indexFile(file: z.infer<typeof File>, url: string, base: string): IndexFile {
  const provenance = file.provenance ? URL.parse(file.provenance, base) : null;
  const uploadTime = file['upload-time'];
  const requiresPython = file['requires-python'];
  return {
    filename: file.filename,
    url,
    sha256: file.hashes.sha256,
    ...(file.size === undefined ? {} : { size: file.size }),
    ...(uploadTime === undefined ? {} : { uploadTime: new Date(uploadTime).toISOString() }),
    ...(requiresPython ? { requiresPython } : {}),
    yanked: file.yanked ?? false,
    ...(provenance && /^https?:$/.test(provenance.protocol) ? { provenance: provenance.href } : {}),
  };
}

/** The registry's index of `project`, or undefined where it has none. @throws AppError `upstream`, `too-large`, `interrupted` */
export async function readIndex(
  upstream: Upstream,
  project: string,
  signal: AbortSignal,
): Promise<ProjectIndex | undefined> {
  if (!isProjectName(project)) return undefined;
  const name = normalizeName(project);
  const url = new URL(`${encodeURIComponent(name)}/`, upstream.base).href;
  const found = await upstream.read(url, { accept: simpleJson, sizeMax: indexBytesMax, signal });
  return found === undefined ? undefined : parseIndex(found.body, found.url, name);
}
