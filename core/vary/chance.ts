import type { CheckCause } from '#schemas/check.ts';
import { confirm } from './confirm.ts';
import { type Compared, orderCauses, type Place } from './places.ts';

/**
 * What still differs between builds under the same conditions with the clock, hash seeds and random numbers held fixed.
 * The same things in another order are the work of processes that run at once; anything else stays without a name,
 * unless an explainer knows the value.
 */
export function nameChance(compared: readonly Compared[], places: ReadonlyMap<string, Place>): CheckCause[] {
  return compared.flatMap((one) => {
    const { causes } = one.comparison;
    const here = new Map([...places].filter(([, { output }]) => output === one.output));
    const sentence =
      'Builds under the same conditions, with clock, hash seeds and random numbers held fixed, differ.';
    const order = causes.find(({ id }) => orderCauses.has(id));
    if (order !== undefined) {
      const proof = {
        causes: ['parallel-order'],
        statement: 'Processes that run at once write in the order in which they happen to come',
        remedy:
          'Let each job write a file of its own and join them in a fixed order, or run them one after the other (make -j1).',
        sentence: `${sentence} The same things stand in another order.`,
      } as const;
      return confirm([one], here, proof).map((cause) => ({ ...cause, evidence: order.evidence }));
    }
    return confirm([one], here, {
      causes: ['not-repeatable', 'random-value', 'process-id', 'memory-address'],
      statement: 'Two builds under the same conditions differ',
      remedy:
        'Look at the evidence: an address in memory, a counter, or a race between processes are the usual reasons.',
      sentence,
    });
  });
}
