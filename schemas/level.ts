import { z } from 'zod';

/** What SLSA asks for, one name each; core/level computes from these and nothing else. https://slsa.dev/spec/v1.2/build-requirements */
export const FactName = z.enum([
  'provenance-exists',
  'hosted',
  'control-plane-signed',
  'key-out-of-reach',
  'separate-processes',
  'separate-users',
  'no-shared-volume',
  'no-root-equivalent',
  'ephemeral',
  'isolated',
  'network-recorded',
  'cache-content-addressed',
  'external-parameters-complete',
]);
export type FactName = z.infer<typeof FactName>;

/** `value: null` is unknown and lowers the level. */
export const Fact = z.strictObject({
  name: FactName,
  value: z.boolean().nullable(),
  basis: z.enum(['measured', 'declared']),
  evidence: z.string().max(500),
});
export type Fact = z.infer<typeof Fact>;

export const Level = z.enum([
  'SLSA_BUILD_LEVEL_0',
  'SLSA_BUILD_LEVEL_1',
  'SLSA_BUILD_LEVEL_2',
  'SLSA_BUILD_LEVEL_3',
]);
export type Level = z.infer<typeof Level>;
