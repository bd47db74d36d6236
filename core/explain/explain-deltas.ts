import { bounded } from '#core/archive/reading.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Cause } from '#schemas/comparison.ts';
import type { Evidence } from './explainer.ts';
import { explainers as allExplainers } from './explainers.ts';

const evidenceMax = 50;
const rank: Readonly<Record<Cause['confidence'], number>> = { confirmed: 0, likely: 1, possible: 2 };

function show(value: string | null): string | null {
  return value === null ? null : bounded(value, 500);
}

function toEvidence({ delta, offset, a, b }: Evidence): Cause['evidence'][number] {
  return {
    path: delta.path.slice(0, 16),
    ...(delta.field === undefined ? {} : { field: bounded(delta.field, 64) }),
    ...(offset === undefined ? {} : { offset }),
    ...(a === undefined ? {} : { a: show(a) }),
    ...(b === undefined ? {} : { b: show(b) }),
  };
}

/** Asks every explainer. Causes come most likely first; `causeOf` names the first explainer that claims a difference. */
export function explainDeltas(
  facts: ComparisonFacts,
  explainers = allExplainers,
): { causes: Cause[]; causeOf: Map<Delta, string> } {
  const causeOf = new Map<Delta, string>();
  const causes: { cause: Cause; claimed: number }[] = [];
  for (const { meta, explain } of explainers) {
    const claim = explain(facts);
    if (claim === undefined || claim.evidence.length === 0) continue;
    const claimed = new Set(claim.evidence.map(({ delta }) => delta));
    for (const delta of claimed) if (!causeOf.has(delta)) causeOf.set(delta, meta.id);
    causes.push({
      cause: {
        id: meta.id,
        title: meta.title,
        confidence: claim.confidence,
        evidence: claim.evidence.slice(0, evidenceMax).map(toEvidence),
        remedy: meta.remedy,
        ...(claim.change === undefined ? {} : { change: claim.change }),
      },
      claimed: claimed.size,
    });
  }
  // What merely follows from other differences explains nothing by itself: last of its confidence.
  causes.sort(
    (one, other) =>
      rank[one.cause.confidence] - rank[other.cause.confidence] ||
      Number(one.cause.id === 'record-follows') - Number(other.cause.id === 'record-follows') ||
      other.claimed - one.claimed,
  );
  return { causes: causes.map(({ cause }) => cause), causeOf };
}
