import type { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';

const issuesMax = 5;

/** What a request's schema found, as one error that names the first few places. Values are not repeated. */
export function explainInvalid(
  result: { target: string } & ({ success: true } | { success: false; error: z.ZodError }),
): void {
  if (result.success) return;
  const { issues } = result.error;
  const places = issues
    .slice(0, issuesMax)
    .map(({ path, message }) =>
      `${[result.target, ...path.map(String)].join('.')}: ${message}`.slice(0, 300),
    );
  const more = issues.length > issuesMax ? `; and ${issues.length - issuesMax} more` : '';
  throw new AppError('invalid-request', `${places.join('; ')}${more}`, {
    hint: 'GET /v1/openapi.json describes what is read here.',
  });
}
