import { createHash } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { GatewayGrant, Served } from '#schemas/gateway.ts';
import type { GatewayProtocol, ProtocolAnswer } from '#workers/ecosystems/gateway-protocol.ts';
import type { Upstream } from '#workers/ecosystems/upstream.ts';
import type { FileCache } from './file-cache.ts';
import type { KeptObjects } from './kept-objects.ts';
import type { RecordClient } from './record-client.ts';

/** One registry that builds can be served from. */
export interface Registry {
  readonly protocol: GatewayProtocol;
  readonly upstream: Upstream;
}

/** What sessions work with. */
export interface GatewayDeps {
  readonly registries: readonly Registry[];
  readonly api: RecordClient;
  readonly kept: KeptObjects;
  readonly files: FileCache;
  readonly now: () => Date;
  readonly fileBytesMax: number;
  /** Aborted when the process ends. What is fetched for several builds at once ends with this, not with one of them. */
  readonly stop: AbortSignal;
}

/** What goes to the build. Everything else of an answer is on its record already. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | { readonly path: string; readonly size: number };
}

export interface Asked {
  readonly path: string;
  readonly accept: string | undefined;
  readonly signal: AbortSignal;
}

const plain = 'text/plain; charset=utf-8';

/**
 * Answers a build as the registry would, of what existed at the cut-off date. The answer is kept by digest and is on
 * the attempt's record before a byte of it leaves.
 * @throws AppError where it can neither be answered nor recorded
 */
export async function answerRecording(asked: Asked, grant: GatewayGrant, deps: GatewayDeps): Promise<Reply> {
  const registry = deps.registries.find(({ protocol }) => protocol.name === grant.protocol);
  if (!registry)
    throw new AppError('unsupported-ecosystem', `The gateway does not speak ${grant.protocol.slice(0, 20)}.`);
  return record(asked, grant, deps, await prepare(registry, asked, grant, deps));
}

async function prepare(
  registry: Registry,
  asked: Asked,
  grant: GatewayGrant,
  deps: GatewayDeps,
): Promise<Ready> {
  try {
    const answer = await registry.protocol.answer(asked, grant, asked.signal);
    if (answer.kind !== 'file') return textAnswer(answer);
    const file = await fileOf(answer, registry, deps);
    return file === undefined
      ? textAnswer({
          ...answer,
          kind: 'missing',
          detail: 'The registry lists this file but does not have it.',
        })
      : fileAnswer(answer, file);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'upstream') throw error;
    return textAnswer({ kind: 'missing', detail: error.message }, 503);
  }
}

function fileAnswer(
  { contentType, sha256, project, version, upstreamUrl }: Extract<ProtocolAnswer, { kind: 'file' }>,
  file: { path: string; size: number },
): Ready {
  const reply = { status: 200, contentType, body: file };
  return { reply, sha256, size: file.size, kind: 'file', project, version, upstreamUrl };
}

interface Ready {
  readonly reply: Reply;
  readonly sha256: Sha256;
  readonly size: number;
  readonly kind: Served['kind'];
  readonly project?: string | undefined;
  readonly version?: string | undefined;
  readonly upstreamUrl?: string | undefined;
}

const statusOf = { index: 200, refused: 403, missing: 404 } as const;

function textAnswer(
  answer: Exclude<ProtocolAnswer, { kind: 'file' }>,
  status: number = statusOf[answer.kind],
): Ready {
  const body = answer.kind === 'index' ? answer.body : Buffer.from(`${answer.detail}\n`);
  return {
    reply: { status, contentType: answer.kind === 'index' ? answer.contentType : plain, body },
    sha256: createHash('sha256').update(body).digest('hex'),
    size: body.length,
    kind: answer.kind,
    project: answer.project,
    version: answer.kind === 'refused' ? answer.version : undefined,
    upstreamUrl: answer.kind === 'index' ? answer.upstreamUrl : undefined,
  };
}

/** From this process, from the api, or from the registry: always the digest that the index names. */
async function fileOf(
  answer: Extract<ProtocolAnswer, { kind: 'file' }>,
  { upstream }: Registry,
  deps: GatewayDeps,
): Promise<{ path: string; size: number } | undefined> {
  const bounds = { sizeMax: deps.fileBytesMax, signal: deps.stop };
  return deps.files.fill(answer.sha256, async (path) => {
    const kept = await deps.api.fetch(answer.sha256, path, bounds);
    if (kept !== undefined) return kept;
    const fetched = await upstream.download(answer.fetchUrl, path, bounds);
    if (fetched !== undefined && fetched.sha256 !== answer.sha256)
      throw new AppError(
        'upstream',
        `The registry's file ${answer.upstreamUrl} is not the one its index names.`,
      );
    return fetched?.size;
  });
}

async function record(asked: Asked, grant: GatewayGrant, deps: GatewayDeps, ready: Ready): Promise<Reply> {
  await deps.kept.keep(ready.sha256, ready.reply.body, asked.signal);
  const { project, version, upstreamUrl } = ready;
  const served: Served = {
    method: 'GET',
    path: asked.path,
    status: ready.reply.status,
    contentType: ready.reply.contentType,
    size: ready.size,
    sha256: ready.sha256,
    kind: ready.kind,
    ...(upstreamUrl === undefined ? {} : { upstreamUrl: upstreamUrl.slice(0, 2048) }),
    ...(project === undefined ? {} : { project: project.slice(0, 200) }),
    ...(version === undefined ? {} : { version: version.slice(0, 200) }),
    at: deps.now().toISOString(),
  };
  await deps.api.record(grant.sessionId, grant.fence, served, asked.signal);
  return ready.reply;
}
