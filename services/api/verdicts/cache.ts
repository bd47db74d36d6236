import type { Lookup } from '#schemas/rebuild.ts';
import type { Caller } from '#services/control/control-plane.ts';
import { privateToCaller } from '../reply.ts';

const fresh = 'max-age=60';

/** A verdict may be shown for a minute after a newer one; what is not known yet is asked again each time. */
export function lookupCache(caller: Caller, { verdict }: Lookup): Record<string, string> {
  return privateToCaller(caller, verdict === 'pending' || verdict === 'unknown' ? 'no-cache' : fresh);
}
