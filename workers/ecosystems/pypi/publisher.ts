import { AppError } from '#core/errors/app-error.ts';
import { versionOf, type ParsedPurl } from '#core/purl/purl.ts';
import { answerBytesMax, readBundles } from '#services/upstream/shapes/read-bundles.ts';
import type { Publisher, Published } from '../publisher.ts';
import { publicUrl, type Upstream } from '../upstream.ts';
import { identifyFile } from './names.ts';
import { pipSettings } from './pip-settings.ts';
import { chooseRelease, filesOfVersion } from './release.ts';
import { readIndex, type IndexFile, type ProjectIndex } from './simple-index.ts';

/** Python packages: provenance objects (PEP 740) of the index. */
export const pypiPublisher: Publisher = {
  purlType: 'pypi',
  upstreamVariable: 'ASSAY_PYPI_URL',
  machineSettings: pipSettings,
  ownKeys: () => [],
  published: publishedFile,
};

async function publishedFile(
  purl: ParsedPurl,
  named: string | undefined,
  { upstream, signal }: { readonly upstream: Upstream; readonly signal: AbortSignal },
): Promise<Published | undefined> {
  const version = versionOf(purl);
  const index = await readIndex(upstream, purl.name, signal);
  const file = index && chooseFile(index, version, named ?? purl.qualifiers['file_name']);
  if (!index || !file) return undefined;
  const place = file.provenance ?? integrityUrl(upstream, index, file, version);
  if (place === undefined)
    return { purl: purl.text, file: file.filename, digest: { sha256: file.sha256 }, found: [], asked: [] };
  const answer = await upstream.read(place, {
    accept: 'application/vnd.pypi.integrity.v1+json',
    sizeMax: answerBytesMax,
    signal,
  });
  if (!answer && file.provenance !== undefined)
    throw new AppError(
      'upstream',
      `The index says that ${file.filename} has provenance, and does not give it.`,
    );
  return {
    purl: purl.text,
    file: file.filename,
    digest: { sha256: file.sha256 },
    found: answer ? readBundles(answer.body, publicUrl(place), { index: 'the index' }) : [],
    asked: [{ place: publicUrl(place), answer: answer ? 'found' : 'nothing' }],
  };
}

/** The file that was named, the only one, or the one that would be rebuilt. @throws AppError `usage` */
function chooseFile(index: ProjectIndex, version: string, named: string | undefined): IndexFile | undefined {
  const files = filesOfVersion(index, version);
  if (named !== undefined) return files.find(({ filename }) => filename === named);
  if (files.length < 2) return files[0];
  const choice = chooseRelease(index, version, undefined);
  if (choice.kind === 'chosen') return choice.wheel;
  throw new AppError('usage', `${index.name} ${version} has several files.`, {
    hint: `Name one with --file: ${files
      .slice(0, 10)
      .map(({ filename }) => filename)
      .join(', ')}.`,
  });
}

/** https://docs.pypi.org/api/integrity/ beside an index that ends in `/simple/`; undefined for one elsewhere. */
function integrityUrl(
  { base }: Upstream,
  { name }: ProjectIndex,
  { filename }: IndexFile,
  version: string,
): string | undefined {
  if (!base.pathname.endsWith('/simple/')) return undefined;
  const spelled = identifyFile(filename, name)?.version ?? version;
  const parts = [name, spelled, filename].map(encodeURIComponent).join('/');
  return new URL(`../integrity/${parts}/provenance`, base).href;
}
