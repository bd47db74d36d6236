import type { Level } from '#schemas/level.ts';
import type { Policy } from '#schemas/policy.ts';
import { comparisonPredicateType, vsaPredicateType } from '#schemas/predicate-types.ts';
import type { Claim } from './claim.ts';
import { lower, reaches } from './level-order.ts';
import type { SignerIdentity, SignerRule } from './signer-table.ts';

/** What a policy can ask for. */
export type Requirement =
  | 'signer'
  | 'predicate-type'
  | 'verdict'
  | 'recipe'
  | 'source'
  | 'level'
  | 'age'
  | 'summary-policy'
  | 'threshold';

/** One thing that a policy asks for and that is not so. */
export interface Shortfall {
  readonly requirement: Requirement;
  readonly expected: string;
  readonly actual: string;
}

/** Clocks of honest machines differ by less than this. */
const skewMs = 5 * 60_000;
const dayMs = 24 * 3600_000;

/** Why `claim` does not count under `policy`; `rule` is the line of the signer table by which it could. */
export function claimFaults(
  policy: Policy,
  rule: SignerRule | undefined,
  claim: Claim,
  now: Date,
): Shortfall[] {
  if (!rule) {
    return [
      {
        requirement: 'signer',
        expected: 'a signer of the policy, for a builder that it may sign for',
        actual: `${signerName(claim.signer)} for ${claim.builderId}`,
      },
    ];
  }
  if (!policy.predicateTypes.includes(claim.predicateType)) {
    const expected = policy.predicateTypes.join(' or ');
    return [{ requirement: 'predicate-type', expected, actual: claim.predicateType }];
  }
  return [
    ...contentFaults(policy, claim),
    ...levelFaults(policy.minimumLevel, rule.maximumLevel, claim.level),
    ...(policy.maximumAgeDays === undefined
      ? []
      : ageFaults(policy.maximumAgeDays * dayMs, claim.madeAt, now)),
  ];
}

/** A signer as text. */
export function signerName(who: SignerIdentity): string {
  return who.kind === 'public-key' ? `key ${who.hint}` : `${who.identity} (by ${who.issuer})`;
}

function contentFaults(policy: Policy, claim: Claim): Shortfall[] {
  const faults: Shortfall[] = [];
  const demand = (requirement: Requirement, ok: boolean, expected: string, actual: string): void => {
    if (!ok) faults.push({ requirement, expected, actual });
  };
  const accepted: readonly string[] = policy.accept;
  if (claim.predicateType === comparisonPredicateType)
    demand(
      'verdict',
      claim.verdict !== undefined && accepted.includes(claim.verdict),
      accepted.join(' or '),
      claim.verdict ?? 'none',
    );
  // A summary and a builder's own provenance have no recipe of ours; what has one is held against the policy.
  if (claim.recipeBy !== undefined || claim.predicateType === comparisonPredicateType)
    demand(
      'recipe',
      claim.recipeBy !== undefined && policy.recipe.by.includes(claim.recipeBy),
      policy.recipe.by.join(' or '),
      claim.recipeBy ?? 'none',
    );
  if (policy.sources && (claim.source !== undefined || claim.predicateType === comparisonPredicateType))
    demand(
      'source',
      sourceAllowed(policy.sources, claim.source),
      sourcesText(policy.sources),
      sourceText(claim),
    );
  if (policy.summaryPolicies && claim.predicateType === vsaPredicateType)
    demand(
      'summary-policy',
      policy.summaryPolicies.some(({ sha256 }) => sha256 === claim.summaryPolicySha256),
      policy.summaryPolicies.map(({ sha256 }) => `sha256 ${sha256}`).join(' or '),
      `sha256 ${claim.summaryPolicySha256 ?? 'not told'}`,
    );
  return faults;
}

/** What is believed of a stated level: never more than the signer table allows. */
export function levelFaults(
  minimum: Level | undefined,
  maximum: Level,
  stated: Level | undefined,
): Shortfall[] {
  if (minimum === undefined) return [];
  const believed = lower(stated ?? maximum, maximum);
  if (reaches(believed, minimum)) return [];
  const actual =
    stated === undefined || reaches(stated, minimum)
      ? `${believed}, the most that this signer is trusted for`
      : believed;
  return [{ requirement: 'level', expected: `${minimum} or above`, actual }];
}

/** Older than allowed, of an unknown age, or from the future. */
export function ageFaults(maximumMs: number, madeAt: Date | undefined, now: Date): Shortfall[] {
  const expected = `made after ${new Date(now.getTime() - maximumMs).toISOString()}`;
  if (madeAt === undefined) return [{ requirement: 'age', expected, actual: 'it does not say when' }];
  const age = now.getTime() - madeAt.getTime();
  if (age >= -skewMs && age <= maximumMs) return [];
  return [
    { requirement: 'age', expected, actual: `${madeAt.toISOString()}${age < 0 ? ', in the future' : ''}` },
  ];
}

type Sources = NonNullable<Policy['sources']>;

function sourceAllowed(sources: Sources, source: Claim['source']): boolean {
  return (
    source !== undefined &&
    sources.some(
      ({ kind, urlPrefix }) =>
        (kind === undefined || kind === source.kind) &&
        (urlPrefix === undefined || (source.url !== undefined && isUnder(source.url, urlPrefix))),
    )
  );
}

/** By parts of the URL, so that `https://host.example` is no prefix of `https://host.example.evil`. */
function isUnder(url: string, prefix: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(prefix)) return false;
  const [inner, outer] = [new URL(url), new URL(prefix)];
  if (inner.protocol !== outer.protocol || inner.host !== outer.host) return false;
  if (inner.username !== outer.username || inner.password !== outer.password) return false;
  return inner.pathname === outer.pathname || inner.pathname.startsWith(outer.pathname.replace(/\/?$/, '/'));
}

function sourcesText(sources: Sources): string {
  return sources
    .map(({ kind, urlPrefix }) =>
      [kind ?? 'anything', urlPrefix && `under ${urlPrefix}`].filter(Boolean).join(' '),
    )
    .join(' or ');
}

function sourceText({ source }: Claim): string {
  return source === undefined ? 'none' : [source.kind, source.url].filter(Boolean).join(' ');
}
