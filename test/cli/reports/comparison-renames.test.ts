import { beforeAll, describe, expect, it } from 'vitest';
import { comparisonHtml } from '#cli/reports/comparison-html.ts';
import { comparisonMarkdown } from '#cli/reports/comparison-markdown.ts';
import { comparisonSarif } from '#cli/reports/comparison-sarif.ts';
import { comparisonTerminal } from '#cli/reports/comparison-terminal.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { Comparison } from '#schemas/comparison.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';

const names = { a: 'one.tar', b: 'two.tar' };
const packed = (folder: string, log: string, text: string) =>
  buildTar([
    ...['a', 'b', 'c', 'd', 'e'].map((each) => ({
      name: `${folder}/${each}.txt`,
      data: `content of ${each}`,
    })),
    { name: log, data: text },
  ]);

let comparison: Comparison;
beforeAll(async () => {
  const [a, b] = [packed('old', 'log-20261122', 'red\n'), packed('new', 'log-20261123', 'blue\n')];
  comparison = await compareSources(memorySource(a), memorySource(b));
});

describe('a member with another name', () => {
  it('is told on a terminal by both names, above what differs in it', () => {
    const shown = comparisonTerminal(comparison, { names, colour: false, all: false });
    expect(shown).toMatch(/log-20261122\n.*renamed: log-20261122 → log-20261123 .*\n.*content as text/);
    expect(shown).toContain('[time-in-name]');
  });

  it('of a folder that has another name is told once for all of its members', () => {
    for (const shown of [
      comparisonTerminal(comparison, { names, colour: false, all: false }),
      comparisonMarkdown(comparison, names),
      comparisonHtml(comparison, names),
    ]) {
      expect(shown).toContain('renamed: old → new');
      expect(shown).toContain('in 5 members');
    }
  });

  it('is in a log of SARIF with the place that it has in the second file', () => {
    const { runs } = JSON.parse(comparisonSarif(comparison, names, '1.0.0'));
    const renamed = runs[0].results.filter(({ message }: { message: { text: string } }) =>
      message.text.startsWith('log-20261122: renamed'),
    );
    expect(renamed).toMatchObject([
      {
        ruleId: 'time-in-name',
        locations: [{ logicalLocations: [{ fullyQualifiedName: 'log-20261122' }] }],
        relatedLocations: [
          {
            physicalLocation: { artifactLocation: { uri: 'two.tar' } },
            logicalLocations: [{ fullyQualifiedName: 'log-20261123' }],
          },
        ],
      },
    ]);
  });

  it('is in JSON with both paths and what it is known by, as the schema has it', () => {
    expect(Comparison.parse(comparison).differences).toContainEqual(
      expect.objectContaining({
        kind: 'renamed',
        path: ['log-20261122'],
        pathB: ['log-20261123'],
        pairedBy: 'name',
      }),
    );
  });
});
