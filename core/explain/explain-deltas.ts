import { bounded } from '#core/archive/reading.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Cause } from '#schemas/comparison.ts';
import type { Claim, Evidence, Explainer, ExplainerMeta } from './explainer.ts';
import { explainers as allExplainers } from './explainers.ts';
import { withoutConsequences } from './without-consequences.ts';

const evidenceMax = 50;
const rank: Readonly<Record<Cause['confidence'], number>> = { confirmed: 0, likely: 1, possible: 2 };

function show(value: string | null): string | null {
  return value === null ? null : bounded(value, 500);
}

/** What a difference that has no field is about, where that is not its content. */
const fieldOf: Partial<Record<Delta['kind'], string>> = {
  order: 'order',
  missing: 'member',
  extra: 'member',
  renamed: 'member',
};

function toEvidence({ delta, offset, a, b }: Evidence): Cause['evidence'][number] {
  const field = delta.field ?? fieldOf[delta.kind];
  return {
    path: delta.path.slice(0, 16),
    ...(field === undefined ? {} : { field: bounded(field, 64) }),
    ...(offset === undefined ? {} : { offset }),
    ...(a === undefined ? {} : { a: show(a) }),
    ...(b === undefined ? {} : { b: show(b) }),
  };
}

interface Claimed {
  readonly meta: ExplainerMeta;
  readonly claim: Claim;
}

function deltasOf({ claim }: Claimed): Set<Delta> {
  return new Set(claim.evidence.map(({ delta }) => delta));
}

interface LikelyClaims {
  /** Consequences, too. */
  readonly all: ReadonlySet<Delta>;
  readonly any: ReadonlySet<Delta>;
  readonly origin: ReadonlySet<Delta>;
}

/** The differences that likely causes claim: of any kind, and of those that are the origin of others. */
function likelyClaims(claims: readonly Claimed[]): LikelyClaims {
  const [all, any, origin] = [new Set<Delta>(), new Set<Delta>(), new Set<Delta>()];
  for (const one of claims) {
    const { stands } = one.meta;
    if (one.claim.confidence !== 'likely' || stands === 'remainder') continue;
    for (const delta of deltasOf(one)) {
      all.add(delta);
      if (stands !== 'consequence') any.add(delta);
      if (stands === 'origin') origin.add(delta);
    }
  }
  return { all, any, origin };
}

/** Leaves out what a better claim explains: a guess, and what is told only of what nothing else explains. */
function withoutExplained(claims: readonly Claimed[]): Claimed[] {
  const { all, any, origin } = likelyClaims(claims);
  const otherSource = claims.some(({ meta }) => meta.stands === 'source');
  return claims.flatMap(({ meta, claim }) => {
    const { stands } = meta;
    const guess = claim.confidence === 'possible';
    if (guess && otherSource && stands !== 'origin') return [];
    const better =
      stands === 'remainder'
        ? all
        : stands === 'consequence' && guess
          ? any
          : guess && stands !== 'origin'
            ? origin
            : undefined;
    if (better === undefined) return [{ meta, claim }];
    const evidence = claim.evidence.filter(({ delta }) => !better.has(delta));
    return evidence.length === 0 ? [] : [{ meta, claim: { ...claim, evidence } }];
  });
}

function originFirst(stands: ExplainerMeta['stands']): number {
  return stands === 'source' ? 0 : stands === 'origin' ? 1 : 2;
}

/**
 * Asks every explainer. Causes come most likely first; of one confidence those that no pass sets aside as a whole, the
 * origin of others, and those that claim the most. `causeOf` names the first explainer that claims a difference.
 */
export function explainDeltas(
  facts: ComparisonFacts,
  passOf: ReadonlyMap<Delta, string> = new Map(),
  explainers = allExplainers,
): { causes: Cause[]; causeOf: Map<Delta, string> } {
  const origins = withoutConsequences(facts);
  const claims = explainers.flatMap(({ meta, explain }: Explainer) => {
    const claim = explain(meta.stands === 'consequence' ? facts : origins);
    return claim === undefined || claim.evidence.length === 0 ? [] : [{ meta, claim }];
  });
  const causeOf = new Map<Delta, string>();
  const causes = withoutExplained(claims).map((claimed) => {
    const { meta, claim } = claimed;
    const deltas = deltasOf(claimed);
    let open = 0;
    for (const delta of deltas) {
      if (!causeOf.has(delta)) causeOf.set(delta, meta.id);
      if (!passOf.has(delta)) open += 1;
    }
    const cause: Cause = {
      id: meta.id,
      title: meta.title,
      confidence: claim.confidence,
      evidence: claim.evidence.slice(0, evidenceMax).map(toEvidence),
      remedy: meta.remedy,
      ...(claim.change === undefined ? {} : { change: claim.change }),
    };
    return { cause, claimed: deltas.size, open, stands: meta.stands };
  });
  // What merely follows from other differences explains nothing by itself: last of its confidence.
  causes.sort(
    (one, other) =>
      rank[one.cause.confidence] - rank[other.cause.confidence] ||
      Number(one.stands === 'consequence') - Number(other.stands === 'consequence') ||
      Number(one.open === 0) - Number(other.open === 0) ||
      originFirst(one.stands) - originFirst(other.stands) ||
      other.open - one.open ||
      other.claimed - one.claimed,
  );
  return { causes: causes.map(({ cause }) => cause), causeOf };
}
