import { createHash } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import type { Environment } from '#schemas/recipe.ts';

export type DebianEnvironment = z.infer<typeof Environment>;

/** Part of every root file system: what the sandboxes themselves need inside. */
export const basePackages = ['bubblewrap', 'ca-certificates', 'socat'] as const;

/** Grows when the same packages would give another tree: the options and hooks of make-rootfs.ts. */
const makerRevision = 3;

/** Sorted, once each, with the base packages. */
export function packagesOf(environment: Pick<DebianEnvironment, 'packages'>): string[] {
  return [...new Set([...basePackages, ...environment.packages])].sort();
}

/** Names what was asked for (not what came of it: that is the digest), as the file name of a cache entry. */
export function environmentKey(environment: DebianEnvironment): string {
  const { suite, architecture } = environment;
  const asked = JSON.stringify({ makerRevision, suite, architecture, packages: packagesOf(environment) });
  return createHash('sha256').update(asked).digest('hex');
}
