import type { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';

/** What a process is given by its environment; only `main.ts` passes `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a process's configuration: `schema` is an object of `ASSAY_*` variables (usually with a `transform` to plain
 * names). An empty variable counts as unset. Values are never repeated in the error: they may be secrets.
 * @throws AppError `usage` that names every fault at once
 */
export function readConfig<S extends z.ZodType>(schema: S, environment: Environment): z.output<S> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => {
    const [variable, ...within] = path.map(String);
    if (variable === undefined) return message;
    if (!(variable in given)) return `${variable} is not set`;
    return `${[variable, ...within].join('.')}: ${message}`;
  });
  throw new AppError('usage', `The configuration has faults: ${faults.join('; ')}`, {
    hint: 'docs/architecture.md lists the variables of every process.',
  });
}
