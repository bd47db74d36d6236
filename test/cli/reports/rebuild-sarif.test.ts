import { describe, expect, it } from 'vitest';
import { rebuildSarif } from '#cli/reports/rebuild-sarif.ts';
import { differentResult, equivalentResult, sampleResult } from '#test/harness/cli/sample-result.ts';

interface Sarif {
  version: string;
  runs: { results: { ruleId: string; ruleIndex: number; level: string; partialFingerprints: object }[] }[];
}
const resultsOf = (text: string) => (JSON.parse(text) as Sarif).runs[0]?.results ?? [];

describe('SARIF of a rebuild', () => {
  it('is version 2.1.0 and has no result when every byte is the same', () => {
    const text = rebuildSarif(sampleResult(), '1.0.0');
    expect((JSON.parse(text) as Sarif).version).toBe('2.1.0');
    expect(resultsOf(text)).toEqual([]);
  });

  it('has one error for each difference', () => {
    const results = resultsOf(rebuildSarif(differentResult(), '1.0.0'));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['different', 'error'],
      ['different', 'error'],
    ]);
  });

  it('warns of an equivalent verdict and only notes what was not established', () => {
    expect(resultsOf(rebuildSarif(equivalentResult(), '1.0.0'))).toMatchObject([{ level: 'warning' }]);
    const inconclusive = sampleResult({ verdict: 'inconclusive', reason: 'infrastructure' });
    expect(resultsOf(rebuildSarif(inconclusive, '1.0.0'))).toMatchObject([{ level: 'note' }]);
  });

  it('keeps the fingerprints of the same problem from one version of the package to the next', () => {
    const fingerprints = (version: string) => {
      const result = differentResult();
      const artifact = { ...result.artifact, purl: `pkg:pypi/thing@${version}` };
      const changed = { ...result, artifact, rebuild: { ...result.rebuild, id: crypto.randomUUID() } };
      return resultsOf(rebuildSarif(changed, '1.0.0')).map((each) => each.partialFingerprints);
    };
    expect(fingerprints('1.0')).toEqual(fingerprints('2.0'));
    expect(new Set(fingerprints('1.0').map((each) => JSON.stringify(each))).size).toBe(2);
  });
});
