import { describe, expect, it } from 'vitest';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { explainDeltas } from '#core/explain/explain-deltas.ts';
import type { Claim, Explainer, ExplainerMeta } from '#core/explain/explainer.ts';

const deltas: readonly Delta[] = ['one', 'two', 'three'].map((name) => ({ kind: 'content', path: [name] }));
const facts: ComparisonFacts = { deltas, view: () => undefined, packed: () => undefined };
const [one, two, three] = deltas as [Delta, Delta, Delta];

function explainer(
  id: string,
  claims: readonly Delta[],
  stands?: ExplainerMeta['stands'],
  confidence: Claim['confidence'] = 'likely',
): Explainer {
  return {
    meta: {
      id,
      title: id,
      remedy: id,
      looksLike: id,
      why: id,
      fixes: {},
      needs: ['content'],
      ...(stands && { stands }),
    },
    explain: () => ({ confidence, evidence: claims.map((delta) => ({ delta })) }),
  };
}

function causesOf(explainers: readonly Explainer[], aside: readonly Delta[] = []): string[] {
  const passOf = new Map(aside.map((delta) => [delta, 'pass']));
  return explainDeltas(facts, passOf, explainers).causes.map(
    ({ id, evidence }) => `${id} ${evidence.length}`,
  );
}

describe('the causes of a comparison', () => {
  it('begin with another tool, of which much else comes, however little it claims itself', () => {
    expect(causesOf([explainer('times', [two, three]), explainer('tool', [one], 'origin')])).toEqual([
      'tool 1',
      'times 2',
    ]);
  });

  it('begin with what no pass sets aside: that is why the two are different', () => {
    const all = [explainer('times', [two, three]), explainer('umask', [one])];
    expect(causesOf(all)).toEqual(['times 2', 'umask 1']);
    expect(causesOf(all, [two, three])).toEqual(['umask 1', 'times 2']);
  });

  it('end with what follows from others', () => {
    const all = [explainer('follows', [one, two], 'consequence'), explainer('path', [three])];
    expect(causesOf(all)).toEqual(['path 1', 'follows 2']);
  });

  it('leave out a guess about what another tool made, and keep it elsewhere', () => {
    const guess = explainer('guess', [one, two], undefined, 'possible');
    expect(causesOf([guess, explainer('tool', [one], 'origin')])).toEqual(['tool 1', 'guess 1']);
    expect(causesOf([guess, explainer('tool', [one, two], 'origin')])).toEqual(['tool 2']);
    expect(causesOf([guess, explainer('path', [one, two])])).toEqual(['path 2', 'guess 2']);
  });

  it('begin with another source, and leave out each guess then', () => {
    const guess = explainer('guess', [three], undefined, 'possible');
    const release = explainer('release', [one], 'source');
    expect(causesOf([guess, explainer('tool', [two], 'origin'), release])).toEqual(['release 1', 'tool 1']);
  });

  it('tell of a remainder only what nothing else likely explains', () => {
    const rest = explainer('rest', [one, two], 'remainder');
    expect(causesOf([rest, explainer('name', [one])])).toEqual(['rest 1', 'name 1']);
    expect(causesOf([rest, explainer('name', [one], undefined, 'possible')])).toEqual(['rest 2', 'name 1']);
    expect(causesOf([rest, explainer('name', [one, two])])).toEqual(['name 2']);
  });

  it('name for a difference the first explainer whose claim is told', () => {
    const all = [explainer('guess', [one], undefined, 'possible'), explainer('tool', [one], 'origin')];
    expect(explainDeltas(facts, new Map(), all).causeOf.get(one)).toBe('tool');
  });
});
