import type { GatewayGrant } from '#schemas/gateway.ts';
import type { BuildRequest, GatewayProtocol, ProtocolAnswer } from '../gateway-protocol.ts';
import { publicUrl, type Upstream } from '../upstream.ts';
import { IndexCache } from './index-cache.ts';
import { identifyFile, isProjectName, normalizeName } from './names.ts';
import { sameRelease } from './release.ts';
import { renderIndex } from './render-index.ts';
import type { IndexFile, ProjectIndex } from './simple-index.ts';

/**
 * The simple repository API (PEP 503, 691) as a build sees it:
 *
 *     /simple/<project>/                 the files that existed, in JSON or HTML as the client asks
 *     /files/<project>/<file name>       one of them
 *
 * What was uploaded after the cut-off date, or at a time that the registry does not tell, does not exist; nor does
 * anything of the release under test. Metadata files (PEP 658) are not offered.
 */
export function createPypiProtocol(upstream: Upstream): GatewayProtocol {
  const indexes = new IndexCache(upstream);
  return {
    name: 'pypi',
    async answer(request, grant, signal) {
      const [, root, project, file, ...rest] = request.path.split('/');
      if (root === 'simple' && project && isProjectName(project) && !file && rest.length === 0)
        return answerIndex(request, await indexes.get(project, signal), project, grant);
      if (root === 'files' && project && isProjectName(project) && file && rest.length === 0) {
        const refused = refusedByName(file, project, grant);
        if (refused) return refused;
        return answerFile(await indexes.get(project, signal), project, file, grant);
      }
      return { kind: 'missing', detail: 'There is nothing under that path.' };
    },
  };
}

function answerIndex(
  { accept }: BuildRequest,
  index: ProjectIndex | undefined,
  project: string,
  grant: GatewayGrant,
): ProtocolAnswer {
  const name = normalizeName(project);
  if (index === undefined) return { kind: 'missing', project: name, detail: `The registry has no ${name}.` };
  const files = index.files.filter((file) => standing(file, name, grant) === 'there');
  return { kind: 'index', project: name, upstreamUrl: index.url, ...renderIndex(name, files, accept) };
}

function answerFile(
  index: ProjectIndex | undefined,
  project: string,
  name: string,
  grant: GatewayGrant,
): ProtocolAnswer {
  const file = index?.files.find((candidate) => candidate.filename === name);
  const missing: ProtocolAnswer = {
    kind: 'missing',
    project: normalizeName(project),
    detail: `There was no file ${name} at the cut-off date.`,
  };
  if (file === undefined) return missing;
  const identity = identifyFile(name, project);
  const version = identity?.version ?? '';
  switch (standing(file, normalizeName(project), grant)) {
    case 'refused':
      return refusal(project, version);
    case 'absent':
      return missing;
    case 'there':
      return {
        kind: 'file',
        project: normalizeName(project),
        version,
        contentType: 'application/octet-stream',
        sha256: file.sha256,
        fetchUrl: file.url,
        upstreamUrl: publicUrl(file.url),
      };
  }
}

/** Whether a file of the index exists for this build. What is refused is refused also under another name. */
function standing(file: IndexFile, project: string, grant: GatewayGrant): 'there' | 'absent' | 'refused' {
  const { files, sha256 } = grant.refuse;
  if (files.includes(file.filename) || sha256.includes(file.sha256)) return 'refused';
  if (identifyFile(file.filename, project)?.name !== project) return 'absent';
  if (sameRelease(file.filename, project, files)) return 'absent';
  return file.uploadTime !== undefined && Date.parse(file.uploadTime) <= Date.parse(grant.before)
    ? 'there'
    : 'absent';
}

function refusedByName(name: string, project: string, grant: GatewayGrant): ProtocolAnswer | undefined {
  if (!grant.refuse.files.includes(name)) return undefined;
  return refusal(project, identifyFile(name, project)?.version ?? '');
}

function refusal(project: string, version: string): ProtocolAnswer {
  return {
    kind: 'refused',
    project: normalizeName(project),
    version,
    detail: 'This is the artifact under test: a build that could have it could copy it.',
  };
}
