import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { errorRegistry, Problem, type ErrorCode } from '#schemas/errors.ts';

/** Types of a response as the document lists it; the index signature leaves handlers free to build plain Responses. */
export interface DocumentedResponse {
  description: string;
  content?: Record<string, { schema: z.ZodType }>;
  headers?: z.ZodObject;
}

const ProblemSchema = Problem.clone().openapi('Problem');
/** What any route can answer. */
const always: readonly ErrorCode[] = [
  'invalid-request',
  'rate-limited',
  'internal',
  'unavailable',
  'timeout',
];

/** The problem responses of a route, one for each status, from the error registry. */
export function problems(...codes: ErrorCode[]): Record<string, DocumentedResponse> {
  const byStatus = new Map<number, string[]>();
  for (const code of [...codes, ...always]) {
    const { status, title } = errorRegistry[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      String(status),
      {
        description: lines.join('. '),
        content: { 'application/problem+json': { schema: ProblemSchema } },
      },
    ]),
  );
}

export function jsonAnswer(description: string, schema: z.ZodType): DocumentedResponse {
  return { description, content: { 'application/json': { schema } } };
}

export function bytesAnswer(description: string): DocumentedResponse {
  return { description, content: { 'application/octet-stream': { schema: bytesSchema } } };
}

/** Raw bytes, as OpenAPI 3.1 describes a body that is not JSON. */
export const bytesSchema = z.any().openapi({ type: 'string', format: 'binary' });

export function emptyAnswer(description: string): DocumentedResponse {
  return { description };
}

/** A JSON body that must be there. */
export function jsonRequest<S extends z.ZodType>(schema: S) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

/** Reads are anonymous; a token shows what is its holder's too. */
export const anyone: Record<string, string[]>[] = [{}, { bearer: [] }];
export const tokenNeeded: Record<string, string[]>[] = [{ bearer: [] }];

const digestPattern = /^sha256:[0-9a-f]{64}$/;
const digestRule = 'sha256: and 64 lower-case hex digits';

/** `sha256:<hex>` in a path. */
export const DigestParameter = z.object({
  digest: z
    .string()
    .regex(digestPattern, digestRule)
    .openapi({ param: { name: 'digest', in: 'path' }, example: `sha256:${'0'.repeat(63)}1` }),
});

/** The hex digits of a digest in a path. @throws AppError `invalid-request` */
export function hexOf(digest: string): string {
  if (!digestPattern.test(digest)) throw new AppError('invalid-request', `param.digest: ${digestRule}`);
  return digest.slice('sha256:'.length);
}

export const RebuildParameter = z.object({
  id: z.uuid().openapi({ param: { name: 'id', in: 'path' } }),
});
