import type { Fact } from '#schemas/level.ts';
import type { Rootfs } from '../sandbox.ts';

/** Whether what the build ran in is what its digest says. What the gateway serves is digested whenever it is read. */
export function treeFact({ tree }: Pick<Rootfs, 'tree'>): Fact {
  return {
    name: 'cache-content-addressed',
    value: tree.unchanged,
    basis: 'measured',
    evidence: `${tree.evidence}; what the gateway keeps is digested again whenever it is served`.slice(
      0,
      500,
    ),
  };
}
