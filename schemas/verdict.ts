import { z } from 'zod';
import { HostileText } from './text.ts';

export const VerdictKind = z.enum([
  'reproduced',
  'equivalent',
  'different',
  'build-failed',
  'unsupported',
  'inconclusive',
]);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** A look-up can also answer that the work is under way, or that nothing is known. */
export const LookupKind = z.enum([...VerdictKind.options, 'pending', 'unknown']);
export type LookupKind = z.infer<typeof LookupKind>;

/** Why a verdict is not one of the first three; `retryable` says whether trying again could change it. */
export const Reason = z.enum([
  'artifact-not-found', // the registry has no such package, version or file
  'artifact-changed', // the registry's digest and the bytes disagree, or it changed during the rebuild
  'source-not-found', // no sdist
  'no-recipe', // nothing from which a recipe could be inferred
  'artifact-in-source', // the source holds the artifact's own bytes
  'input-unavailable', // a build dependency that the registry lacks
  'step-failed', // the build's own failure
  'output-missing', // the build ended well without the declared output
  'time-limit',
  'cpu-limit',
  'memory-limit',
  'disk-limit',
  'process-limit',
  'log-limit',
  'output-limit',
  'reader-failed', // the comparison could not be made
  'reports-disagree', // two readers gave different reports
  'infrastructure', // ours
  'cancelled',
]);
export type Reason = z.infer<typeof Reason>;

/** The outcome of a rebuild, as data, never an exception. */
export const Verdict = z.strictObject({
  kind: VerdictKind,
  reason: Reason.optional(),
  retryable: z.boolean(),
  detail: HostileText.describe('one plain sentence for a person'),
  step: z.string().max(40).optional(),
});
export type Verdict = z.infer<typeof Verdict>;
