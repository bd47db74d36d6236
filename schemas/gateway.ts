import { z } from 'zod';
import { FileName } from './artifact.ts';
import { Sha256 } from './digest.ts';
import { Instant } from './text.ts';

/** One answer that the gateway gave to a build. All of them together become `resolvedDependencies`, and can be replayed. */
export const Served = z.strictObject({
  method: z.literal('GET'),
  path: z.string().max(2048).describe('as the build asked for it, below its session'),
  upstreamUrl: z.string().max(2048).optional().describe('without credentials'),
  status: z.int().min(100).max(599),
  contentType: z.string().max(200),
  size: z.int().nonnegative(),
  sha256: Sha256,
  kind: z.enum(['index', 'file', 'refused', 'missing']),
  project: z.string().max(200).optional(),
  version: z.string().max(200).optional(),
  at: Instant,
});
export type Served = z.infer<typeof Served>;

/**
 * What one attempt may ask the gateway for. The api signs it (a JWT of HMAC-SHA256 with the key that api and gateway
 * share) and hands it to the rebuild worker; the gateway believes nothing else. The build never sees it.
 */
export const GatewayGrant = z.strictObject({
  sessionId: z.uuid().describe('the job id of the attempt'),
  fence: z.int().positive(),
  protocol: z.string().max(20),
  before: Instant,
  refuse: z.strictObject({
    files: z.array(FileName).max(64).describe('names of the artifact under test'),
    sha256: z.array(Sha256).max(64),
  }),
  mode: z.enum(['record', 'replay']),
});
export type GatewayGrant = z.infer<typeof GatewayGrant>;

/** Where a build inside a sandbox finds its gateway session, whatever the sandbox. */
export const gatewayUrlInSandbox = 'http://127.0.0.1:8765';
