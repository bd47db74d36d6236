import type { RebuildResult } from '#schemas/rebuild.ts';
import type { ApiServer } from '../api/api-server.ts';

const submitter = { subject: 'token:somebody', scope: 'submitter' } as const;

/** Puts a finished rebuild behind the api and gives its id. */
export function addFinished(api: ApiServer, result: RebuildResult): string {
  const { rebuild, ...shown } = result;
  const added = api.plane.rebuildStates.add(submitter, { kind: 'purl', purl: 'pkg:pypi/thing@1.0' }, shown);
  const own = added.result.rebuild;
  api.plane.rebuildStates.change(added, { rebuild: { ...rebuild, ...own, finishedAt: rebuild.createdAt } });
  return own.id;
}
