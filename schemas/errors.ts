import { z } from 'zod';
import { errorRegistry, type ErrorCode as Code } from './error-registry.ts';

export { errorRegistry };

export type ErrorCode = Code;
export const ErrorCode = z.enum(Object.keys(errorRegistry) as [ErrorCode, ...ErrorCode[]]);

/** RFC 9457 problem details, as every route answers an error. */
export const Problem = z.strictObject({
  type: z.string().describe('urn:assay:error:<code>; see docs/errors.md'),
  title: z.string(),
  status: z.int(),
  code: ErrorCode,
  detail: z.string().optional().describe('what happened, and why'),
  hint: z.string().optional().describe('how to fix it'),
  retryable: z.boolean(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof Problem>;
