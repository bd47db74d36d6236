import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reachFacts, type SignerReach } from '#core/level/signer-reach.ts';
import type { Fact, FactName } from '#schemas/level.ts';
import type { Canary, CanaryTry, WorkerPlace } from '#schemas/place.ts';

const [here, there] = ['a'.repeat(64), 'b'.repeat(64)];
const canary = (place: Canary['place']): Canary => ({
  id: (place === 'key' ? 'c' : 'd').repeat(64),
  place,
  file: `/${place}/canary`,
  folder: '1:2',
});
const canaries = [canary('key'), canary('scratch')];
const signer: SignerReach = { identity: { host: here, uid: 1, gids: [1] }, key: 'the key', canaries };
const tried = (over: Partial<CanaryTry> = {}): CanaryTry[] =>
  canaries.flatMap(({ id }) =>
    (['worker', 'sandbox'] as const).map((from) => ({ id, from, read: false, write: false, ...over })),
  );
const worker: WorkerPlace = {
  identity: { host: here, uid: 2, gids: [2] },
  rootEquivalent: [],
  canaries: tried(),
};

function valueOf(facts: readonly Fact[], name: FactName): boolean | null | undefined {
  return facts.find((fact) => fact.name === name)?.value;
}

function values(place: WorkerPlace | undefined, of: SignerReach = signer): Record<string, boolean | null> {
  return Object.fromEntries(reachFacts(of, place).map(({ name, value }) => [name, value]));
}

const all = {
  'key-out-of-reach': true,
  'separate-users': true,
  'no-shared-volume': true,
  'no-root-equivalent': true,
};

describe('what the attester concludes of who could reach it', () => {
  test('a worker of another user that tried every canary in vain, and is not as good as root, reaches nothing', () => {
    expect(values(worker)).toEqual(all);
  });

  test('nothing is known of a worker that did not say where it ran', () => {
    expect(Object.values(values(undefined))).toEqual([null, null, null, null]);
  });

  test.each(['worker', 'sandbox'] as const)(
    'a canary that the %s read or wrote beside is a key, or a folder, in reach',
    (from) => {
      for (const way of ['read', 'write'] as const)
        for (const [place, name] of [
          ['key', 'key-out-of-reach'],
          ['scratch', 'no-shared-volume'],
        ] as const) {
          const reached = { id: canary(place).id, from, read: false, write: false, [way]: true };
          expect(values({ ...worker, canaries: [...tried(), reached] })).toEqual({ ...all, [name]: false });
        }
    },
  );

  test('a canary that was not tried from both sides leaves it unknown', () => {
    for (const from of ['worker', 'sandbox']) {
      const canariesTried = tried().filter((done) => done.from === from);
      expect(values({ ...worker, canaries: canariesTried })).toEqual({
        ...all,
        'key-out-of-reach': null,
        'no-shared-volume': null,
      });
    }
  });

  test('a canary that could not be laid leaves it unknown, and the reason is named', () => {
    const facts = reachFacts({ ...signer, canaries: [], unlaid: 'a read-only folder' }, worker);
    expect(valueOf(facts, 'key-out-of-reach')).toBe(null);
    expect(facts[0]?.evidence).toContain('a read-only folder');
  });

  test('the same user on the same host is not separate; on another host it is', () => {
    const same = { ...worker.identity, uid: 1 };
    expect(values({ ...worker, identity: same })).toEqual({ ...all, 'separate-users': false });
    expect(values({ ...worker, identity: { ...same, host: there } })).toEqual(all);
  });

  test('a common group is not separate', () => {
    expect(values({ ...worker, identity: { ...worker.identity, gids: [2, 1] } })).toEqual({
      ...all,
      'separate-users': false,
    });
  });

  test('as good as root counts on the signer’s own host only, and what makes it so is named', () => {
    const root = { ...worker, rootEquivalent: ['it runs as root'] };
    expect(values(root)).toEqual({ ...all, 'no-root-equivalent': false });
    expect(reachFacts(signer, root).at(-1)?.evidence).toContain('it runs as root');
    expect(values({ ...root, identity: { ...worker.identity, host: there } })).toEqual(all);
  });

  test('whatever the worker says, its words fit a fact, and no read canary is ever out of reach', () => {
    const id = fc.constantFrom(...canaries.map((each) => each.id), 'e'.repeat(64));
    const tries = fc.record({
      id,
      from: fc.constantFrom('worker', 'sandbox'),
      read: fc.boolean(),
      write: fc.boolean(),
    });
    const places = fc.record({
      identity: fc.record({ host: fc.constantFrom(here, there), uid: fc.nat(3), gids: fc.array(fc.nat(3)) }),
      rootEquivalent: fc.array(fc.string({ maxLength: 200 }), { maxLength: 16 }),
      canaries: fc.array(tries, { maxLength: 64 }),
    });
    fc.assert(
      fc.property(places, (place) => {
        const facts = reachFacts(signer, place as WorkerPlace);
        for (const fact of facts) expect(fact.evidence.length).toBeLessThanOrEqual(500);
        const read = place.canaries.some((done) => done.read && done.id === canary('key').id);
        if (read) expect(valueOf(facts, 'key-out-of-reach')).toBe(false);
      }),
    );
  });
});
