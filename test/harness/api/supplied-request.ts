import { createHash } from 'node:crypto';
import type { RebuildRequest } from '#schemas/rebuild.ts';
import { defaultLimits } from '#schemas/recipe.ts';
import type { ApiServer } from './api-server.ts';

export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A request with a supplied recipe for an artifact of that content. */
export function suppliedRequest(content: string): RebuildRequest {
  const digest = { sha256: sha256Of(content) };
  return {
    kind: 'supplied',
    artifact: { file: 'thing.tar.gz', digest },
    recipe: {
      schemaVersion: 1,
      by: 'supplied',
      source: { kind: 'folder', file: 'source.tar', digest: { sha256: sha256Of('source') }, size: 6 },
      environment: { kind: 'debian', suite: 'bookworm', architecture: 'amd64', packages: [] },
      clock: { from: 'none' },
      variables: {},
      files: [],
      steps: [{ name: 'build', phase: 'build', run: ['make'] }],
      outputs: ['thing.tar.gz'],
      limits: defaultLimits,
      notes: [],
    },
  };
}

/** Uploads `content` as `token`, and asks for its rebuild. */
export async function submitSupplied(api: ApiServer, token: string, content: string): Promise<string> {
  await api.request('PUT', `/v1/uploads/sha256:${sha256Of(content)}`, { token, body: content });
  const response = await api.request('POST', '/v1/rebuilds', { token, json: suppliedRequest(content) });
  return ((await response.json()) as { rebuild: { id: string } }).rebuild.id;
}

/** Asks for the rebuild of a purl and gives its id. */
export async function submitPurl(
  api: ApiServer,
  token: string,
  purl = 'pkg:pypi/idna@3.20',
): Promise<string> {
  const response = await api.request('POST', '/v1/rebuilds', { token, json: { kind: 'purl', purl } });
  return ((await response.json()) as { rebuild: { id: string } }).rebuild.id;
}
