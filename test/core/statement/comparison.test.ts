import { describe, expect, test } from 'vitest';
import { jsonDigest } from '#core/json/digest.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { encodeStatement } from '#core/statement/encode.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import type { Artifact } from '#schemas/artifact.ts';
import { VerdictKind } from '#schemas/verdict.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  fact,
  otherBytes,
  outputOf,
  recipe,
  report,
  reproduced,
} from '#test/harness/samples/attest-input.ts';

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [fact('provenance-exists', true)] };
const bare: AttestInput & { artifact: Artifact } = {
  task: { kind: 'state' },
  visibility: 'public',
  withdrawnKeys: [],
  rebuildId: reproduced.rebuildId,
  invocationNonce: 'n0nce',
  verdict: { kind: 'unsupported', reason: 'no-recipe', retryable: false, detail: 'No backend is known.' },
  artifact,
  served: [],
  comparisons: [],
  submittedAt: reproduced.submittedAt,
  facts: [],
};

describe('a comparison statement', () => {
  test.each(VerdictKind.options)('is about the published artifact for the verdict %s too', (kind) => {
    const inputs = { reproduced, equivalent, different };
    const input =
      kind in inputs ? inputs[kind as keyof typeof inputs] : { ...bare, verdict: { ...bare.verdict, kind } };
    const statement = comparisonStatement(input, by);
    expect(statement.subject).toEqual([{ name: artifact.file, digest: artifact.digest }]);
    expect(statement.predicate.verdict.kind).toBe(kind);
    expect(encodeStatement(statement)).toMatchObject({ ok: true });
  });

  test('names passes, output, source, clock and recipe of an equivalent one', () => {
    const { predicate } = comparisonStatement(equivalent, by);
    expect(predicate.comparison).toMatchObject({
      result: 'equivalent',
      output: { digest: outputOf(otherBytes).digest },
      passes: [{ id: 'zip-times', members: ['a.py'], membersTotal: 1, bytes: 8 }],
    });
    expect(predicate.source?.kind).toBe('sdist');
    expect(predicate.clock).toEqual({ sourceDateEpoch: 1_700_000_000, from: 'inferred-single' });
    expect(predicate.recipe).toEqual({ by: 'inferred', digest: jsonDigest(recipe) });
  });

  test('names the author of a supplied recipe', () => {
    const input = { ...reproduced, recipe: { ...recipe, by: 'supplied' as const } };
    expect(comparisonStatement(input, by).predicate.recipe?.author).toBe('token:alice');
  });

  test('of readers that were not believed says nothing of the files', () => {
    const verdict = {
      kind: 'inconclusive' as const,
      reason: 'reports-disagree' as const,
      retryable: true,
      detail: '',
    };
    expect(comparisonStatement({ ...equivalent, verdict }, by).predicate.comparison).toBeUndefined();
  });

  test('lists a bounded number of differences, keeps their total and says what it left out', () => {
    const long = { ...report('different', otherBytes), differencesTotal: 5000 };
    long.differences = Array.from({ length: 1000 }, (_, n) => ({ kind: 'content', path: [`member-${n}`] }));
    const { comparison } = comparisonStatement({ ...different, comparisons: [long] }, by).predicate;
    expect(comparison?.differences).toHaveLength(100);
    expect(comparison?.differencesTotal).toBe(5000);
    const detail = 'the statement lists 100 of 5000 differences';
    expect(comparison?.cut).toContainEqual({ kind: 'unlisted', detail });
  });

  test('stays small enough to be signed when every name is as long as the schema allows', () => {
    const name = '\ud83d\ude00'.repeat(2048);
    const path = Array.from({ length: 16 }, () => name);
    const hostile = report('different', otherBytes);
    hostile.differencesTotal = 100;
    hostile.differences = Array.from({ length: 100 }, () => ({ kind: 'content', path, a: name, b: name }));
    hostile.findings = Array.from({ length: 100 }, () => ({
      id: 'hidden',
      severity: 'danger',
      side: 'a',
      path,
      detail: name,
    }));
    const statement = comparisonStatement({ ...different, comparisons: [hostile] }, by);
    expect(statement.predicate.comparison?.cut).toHaveLength(2);
    expect(encodeStatement(statement)).toMatchObject({ ok: true });
  });
});
