import type { ParsedPurl } from '#core/purl/purl.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { JobReport } from '#schemas/jobs.ts';
import type { ResolveTools } from '../ecosystem.ts';
import { readIndex } from './simple-index.ts';

/** Whether the registry still names the digest that was rebuilt. It may have withdrawn the file, or replaced it. */
export async function recheckWheel(
  purl: ParsedPurl,
  artifact: Artifact,
  { upstream, job }: Pick<ResolveTools, 'upstream' | 'job'>,
): Promise<JobReport<'resolve'>> {
  const index = await readIndex(upstream, purl.name, job.signal);
  const file = index?.files.find((candidate) => candidate.filename === artifact.file);
  if (file?.sha256 === artifact.digest.sha256) return { outcome: 'unchanged' };
  return {
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'artifact-changed',
    retryable: true,
    detail:
      file === undefined
        ? `The registry withdrew ${artifact.file} while it was rebuilt.`
        : `The registry's ${artifact.file} changed while it was rebuilt: it now has sha256 ${file.sha256}.`,
    artifact,
  };
}
