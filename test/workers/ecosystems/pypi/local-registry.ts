import { createHash } from 'node:crypto';
import { startLocalServer, type LocalServer } from '../local-server.ts';

/** One file of a registry that a test serves over http. */
export interface RegistryFile {
  readonly filename: string;
  readonly bytes: Buffer;
  readonly uploadTime?: string;
  /** Where it differs from that of the bytes. */
  readonly sha256?: string;
  readonly requiresPython?: string;
  readonly yanked?: boolean | string;
  /** Listed, but not there. */
  readonly gone?: boolean;
}

export interface LocalRegistry extends LocalServer {
  /** The simple index, with a user and a password in it. */
  readonly indexUrl: string;
  /** By normalised project name; changes show at once. */
  readonly projects: Map<string, RegistryFile[]>;
}

export const registryPassword = 'pass-word-of-the-registry';

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The simple API in JSON (PEP 691, 700), for who has the password. */
export async function startLocalRegistry(projects: Record<string, RegistryFile[]>): Promise<LocalRegistry> {
  const held = new Map(Object.entries(projects));
  const authorization = `Basic ${Buffer.from(`reader:${registryPassword}`).toString('base64')}`;
  const server = await startLocalServer((request, response) => {
    const [, root, project = '', file] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const files = held.get(project);
    const end = (status: number, body: Buffer | string = '', type = 'application/octet-stream') => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    };
    if (request.headers.authorization !== authorization) return end(401);
    if (root === 'simple' && files)
      return end(200, indexOf(project, files), 'application/vnd.pypi.simple.v1+json');
    const found = root === 'packages' ? files?.find(({ filename }) => filename === file) : undefined;
    return found && found.gone !== true ? end(200, found.bytes) : end(404);
  });
  const indexUrl = `${server.url.replace('//', `//reader:${registryPassword}@`)}/simple`;
  return Object.assign(server, { indexUrl, projects: held });
}

function indexOf(project: string, files: readonly RegistryFile[]): string {
  return JSON.stringify({
    meta: { 'api-version': '1.1' },
    name: project,
    files: files.map((file) => ({
      filename: file.filename,
      url: `/packages/${project}/${file.filename}?signature=secret-query`,
      hashes: { sha256: file.sha256 ?? sha256(file.bytes) },
      size: file.bytes.length,
      ...(file.uploadTime === undefined ? {} : { 'upload-time': file.uploadTime }),
      ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
      yanked: file.yanked ?? false,
      'core-metadata': { sha256: '0'.repeat(64) },
    })),
  });
}
