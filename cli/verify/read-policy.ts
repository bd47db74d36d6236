import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { withoutRefused } from '#core/normalize/known-passes.ts';
import { Policy, RebuilderSet } from '#schemas/policy.ts';
import { readAtMost } from '../read-at-most.ts';

const policyBytesMax = 1024 * 1024;

/** The policy in a YAML or JSON file. @throws AppError `usage` where it cannot be read or has faults */
export async function readPolicy(cwd: string, path: string): Promise<Policy> {
  const policy = await readDocument(Policy, 'policy', cwd, path);
  // Refused by a name that no pass has, a pass would not be refused at all.
  withoutRefused(policy.refusedPasses ?? []);
  return policy;
}

/** The set of rebuilders in a YAML or JSON file. @throws AppError `usage` where it cannot be read or has faults */
export async function readRebuilders(cwd: string, path: string): Promise<RebuilderSet> {
  return readDocument(RebuilderSet, 'set of rebuilders', cwd, path);
}

async function readDocument<S extends z.ZodType>(
  schema: S,
  what: string,
  cwd: string,
  path: string,
): Promise<z.output<S>> {
  const text = await readBounded(resolve(cwd, path)).catch((cause: unknown) => {
    throw new AppError('usage', `The ${what} ${path} cannot be read.`, { cause });
  });
  if (text === undefined) throw new AppError('usage', `The ${what} ${path} is larger than 1 MiB.`);
  let content: unknown;
  try {
    // A member that is there twice is a fault: the parser and a person would take different ones.
    content = parse(text, { maxAliasCount: 50, uniqueKeys: true, logLevel: 'error' });
  } catch (cause) {
    throw new AppError('usage', `${path} is neither YAML nor JSON: ${(cause as Error).message}`, { cause });
  }
  const checked = schema.safeParse(content);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    ({ path: where, message }) => `${where.join('.') || 'the file'}: ${message}`,
  );
  throw new AppError('usage', `The ${what} ${path} has faults: ${faults.slice(0, 10).join('; ')}`, {
    hint: 'docs/policy.md describes every field.',
  });
}

/** Undefined where it is too large. */
async function readBounded(path: string): Promise<string | undefined> {
  const bytes = await readAtMost(path, policyBytesMax);
  return bytes.length > policyBytesMax ? undefined : bytes.toString('utf8');
}
