import { timingSafeEqual } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { Sha256 } from '#schemas/digest.ts';
import type { Caller } from '#services/control/control-plane.ts';

export const MachineScope = z.enum([
  'worker:resolve',
  'worker:rebuild',
  'worker:compare',
  'worker:attest',
  'gateway',
  'admin',
]);
export type MachineScope = z.infer<typeof MachineScope>;

/** `ASSAY_MACHINE_TOKENS`: scope → sha256 (hex) of the token's text. */
export const MachineTokens = z
  .partialRecord(MachineScope, Sha256)
  .refine((tokens) => new Set(Object.values(tokens)).size === Object.values(tokens).length, {
    message: 'two scopes share one token',
  });
export type MachineTokens = z.infer<typeof MachineTokens>;

/** Finds whose token has that hash; takes the same time whichever it is, and where it is none. */
export function machineTokenReader(tokens: MachineTokens): (hash: Sha256) => Caller | undefined {
  const known = Object.entries(tokens).map(([scope, hash]) => ({
    caller: machineCaller(scope as MachineScope),
    hash: Buffer.from(hash, 'hex'),
  }));
  return (hash) => {
    const given = Buffer.from(hash, 'hex');
    let found: Caller | undefined;
    for (const each of known) if (timingSafeEqual(each.hash, given)) found = each.caller;
    return found;
  };
}

function machineCaller(scope: MachineScope): Caller {
  return { subject: scope === 'admin' ? 'token:admin' : scope, scope };
}
