import type { CheckCause } from '#schemas/check.ts';
import { confirm, memberOf } from './confirm.ts';
import type { Ground } from './bench.ts';
import { type Compared, orderCauses, type Place, placesOf } from './places.ts';

/** The places of one output, those of which an explainer says that only the order differs apart. */
function split({ output, comparison }: Compared, places: ReadonlyMap<string, Place>) {
  const here = [...places].filter(([, place]) => place.output === output);
  const inOrder = new Set(
    comparison.causes.flatMap(({ id, evidence }) => (orderCauses.has(id) ? evidence.map(memberOf) : [])),
  );
  const isOrder = ([, { difference }]: [string, Place]): boolean => inOrder.has(memberOf(difference));
  return { reordered: here.filter(isOrder), other: here.filter((place) => !isOrder(place)) };
}

const heldFixed =
  'Builds under the same conditions, with clock, hash seeds and random numbers held fixed, differ';

/**
 * What still differs between builds under the same conditions with all held fixed. The same things in another order are
 * the work of processes that run at once; anything else stays without a name, unless an explainer knows the value.
 */
export function nameChance(
  compared: readonly Compared[],
  places: ReadonlyMap<string, Place>,
  held = heldFixed,
): CheckCause[] {
  return compared.flatMap((one) => {
    const { reordered, other } = split(one, places);
    return [
      ...confirm([one], new Map(reordered), {
        causes: ['parallel-order'],
        statement: 'Processes that run at once write in the order in which they happen to come',
        remedy:
          'Let each job write a file of its own and join them in a fixed order, or run them one after the other (make -j1).',
        sentence: `${held}: the same things stand in another order.`,
      }),
      ...confirm([one], new Map(other), {
        causes: ['not-repeatable', 'random-value', 'process-id', 'memory-address'],
        statement: 'Two builds under the same conditions differ',
        remedy:
          'Look at the evidence: an address in memory, a counter, or a race between processes are the usual reasons.',
        sentence: `${held}.`,
      }),
    ];
  });
}

/**
 * What differs between builds under the same conditions only now and then: the first two by the recipe were the same there.
 * No variation is to blame for it. `chain`: from nothing held to all held; `sides`: what was held against other grounds.
 */
export function nameLateChance(chain: readonly Ground[], sides: readonly Ground[]): CheckCause[] {
  const named = new Set<string>();
  const atFirst = new Set<string>();
  // What something varied has changed is taken for noise where that goes on by itself.
  const varied = new Set([...chain, ...sides].flatMap(({ samples }) => samples.map(({ pair }) => pair)));
  const name = (pair: readonly Compared[], how: string, known: ReadonlySet<string>): CheckCause[] => {
    const places = new Map([...placesOf(pair)].filter(([key]) => !named.has(key) && !known.has(key)));
    for (const key of places.keys()) named.add(key);
    return nameChance(pair, places, `Now and then only: two builds made the same way (${how}) differ`);
  };
  return [...chain, ...sides].flatMap(({ late, noise }, at) => {
    const heard = new Set(late.map(({ pair }) => pair));
    const first = noise.filter((pair) => !heard.has(pair));
    const held = at === 0 ? '' : ', with what could be held fixed';
    const isHeld = at > 0 && at < chain.length;
    const early = isHeld ? first.flatMap((pair) => name(pair, 'with what could be held fixed', atFirst)) : [];
    const known = new Set(first.flatMap((pair) => [...placesOf(pair).keys()]));
    for (const pair of first)
      if (!varied.has(pair)) for (const key of placesOf(pair).keys()) atFirst.add(key);
    return [...early, ...late.flatMap(({ pair, how }) => name(pair, `${how}${held}`, known))];
  });
}

/** The same where not all could be held fixed: what the explainers say, as sure as they are. */
export function quoteExplainers(
  compared: readonly Compared[],
  places: ReadonlyMap<string, Place>,
): CheckCause[] {
  return compared.flatMap((one) => {
    const here = [...places.values()].filter(({ output }) => output === one.output);
    const open = new Set(here.map(({ difference }) => memberOf(difference)));
    const proof = 'Two builds by the same recipe differ here; what could tell why could not be held fixed.';
    return one.comparison.causes
      .filter(({ evidence }) => evidence.some((item) => open.has(memberOf(item))))
      .map((cause) => ({ ...cause, output: one.output, proof }));
  });
}
