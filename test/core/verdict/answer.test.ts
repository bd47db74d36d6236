import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, type Candidate } from '#core/verdict/answer.ts';

const candidate = (over: Partial<Candidate>): Candidate => ({
  id: 'one',
  artifact: 'a',
  verdict: 'reproduced',
  by: 'inferred',
  replay: false,
  createdAt: '2026-01-01T00:00:00Z',
  ...over,
});

describe('which verdict answers a look-up', () => {
  it('answers unknown when nobody has asked', () => {
    expect(answer([])).toEqual({ kind: 'unknown' });
  });

  it('answers pending while the only rebuild is not finished', () => {
    const { verdict: _, ...open } = candidate({ id: 'open' });
    expect(answer([open])).toEqual({ kind: 'pending', id: 'open' });
  });

  it('never answers from a supplied recipe, so that reproduced cannot be bought', () => {
    expect(answer([candidate({ by: 'supplied' })])).toEqual({ kind: 'unknown' });
  });

  it('never answers from a replay', () => {
    expect(answer([candidate({ replay: true })])).toEqual({ kind: 'unknown' });
  });

  it('keeps reproduced when a later rebuild did not repeat it: the bytes are the proof', () => {
    const later = candidate({ id: 'later', verdict: 'different', createdAt: '2026-02-01T00:00:00Z' });
    expect(answer([later, candidate({ id: 'first' })])).toEqual({ kind: 'reproduced', id: 'first' });
  });

  it('of two equal verdicts tells the newer', () => {
    const newer = candidate({ id: 'newer', createdAt: '2026-02-01T00:00:00Z' });
    expect(answer([candidate({ id: 'older' }), newer]).id).toBe('newer');
  });

  it('tells the weakest when one purl leads to several files, so that no file borrows the verdict of another', () => {
    const other = candidate({ id: 'other', artifact: 'b', verdict: 'different' });
    expect(answer([candidate({}), other])).toEqual({ kind: 'different', id: 'other' });
  });

  it('does not depend on the order in which rebuilds are listed', () => {
    const verdict = fc.constantFrom(
      'reproduced',
      'equivalent',
      'different',
      'build-failed',
      'inconclusive',
      undefined,
    );
    const candidates = fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        artifact: fc.constantFrom('a', 'b', 'c'),
        verdict,
        by: fc.constantFrom('inferred', 'supplied'),
        replay: fc.boolean(),
        createdAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      }),
      { selector: (each) => each.createdAt },
    );
    fc.assert(
      fc.property(candidates, fc.nat(), (list, seed) => {
        const rotated = list.map((_, index) => list[(index + seed) % list.length]);
        expect(answer(rotated as Candidate[])).toEqual(answer(list as Candidate[]));
      }),
    );
  });
});
