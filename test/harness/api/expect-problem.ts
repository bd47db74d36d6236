import { expect } from 'vitest';
import { errorRegistry, Problem, type ErrorCode } from '#schemas/errors.ts';

/** Checks that an answer is the problem of `code`, as RFC 9457 and the registry have it, and gives it. */
export async function expectProblem(response: Response, code: ErrorCode): Promise<Problem> {
  const text = await response.text();
  expect(response.headers.get('content-type'), text).toBe('application/problem+json');
  const problem = Problem.parse(JSON.parse(text));
  expect(problem).toMatchObject({
    code,
    status: errorRegistry[code].status,
    type: `urn:assay:error:${code}`,
    retryable: errorRegistry[code].retryable,
  });
  expect(response.status).toBe(problem.status);
  expect(response.headers.get('x-request-id')).toBe(problem.requestId);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return problem;
}
