import {
  allowsBuilder,
  isSignerOf,
  type SignerIdentity,
  type SignerRule,
} from '#core/policy/signer-table.ts';
import { signerName } from '#core/policy/judge-claim.ts';
import type { CertificateIdentity } from '#schemas/policy.ts';
import type { Checklist } from './checks.ts';
import type { Expectation } from './expectation.ts';
import type { Trust } from './trust.ts';

/**
 * The table (signer, builder.id) → maximum level that is in force: the one that was given, else one line for each
 * identity that was named and one for the key, each an operator of its own.
 */
export function rulesFor(who: SignerIdentity, trust: Trust, expect: Expectation): readonly SignerRule[] {
  if (expect.signers) return expect.signers;
  const maximumLevel = expect.maximumLevel ?? 'SLSA_BUILD_LEVEL_1';
  if (who.kind === 'public-key') {
    const builderIds = trust.keys.get(who.hint)?.builderIds;
    const rule = { operator: signerName(who), signer: { hint: who.hint }, maximumLevel };
    return [{ ...rule, ...(builderIds && { builderIds }) }];
  }
  return (expect.identities ?? []).map((signer) => ({
    operator: identityText(signer),
    signer,
    maximumLevel,
  }));
}

/**
 * The rules about this signer; undefined where it is none of those who were named. A certificate that nobody named is
 * believed in nothing; a key that was given was named by that, unless a table says whom to believe.
 */
export function checkIdentity(
  who: SignerIdentity,
  rules: readonly SignerRule[],
  expect: Expectation,
  list: Checklist,
): readonly SignerRule[] | undefined {
  const named = rules.filter((rule) => isSignerOf(rule, who));
  if (who.kind === 'public-key' && !expect.signers) return named;
  const expected =
    rules
      .map(({ signer }) => ('hint' in signer ? `key ${signer.hint}` : identityText(signer)))
      .join(' or ') || 'one that was named (none was)';
  return list.record('identity', named.length > 0, expected, signerName(who)) ? named : undefined;
}

/** The rule by which the signer may speak for this builder, where that is an expected one too. */
export function checkBuilder(
  id: string,
  named: readonly SignerRule[],
  keyLimit: readonly string[] | undefined,
  expect: Expectation,
  list: Checklist,
): SignerRule | undefined {
  const wanted = [
    ...(expect.builderIds ?? []),
    ...(expect.builderId === undefined ? [] : [expect.builderId]),
  ];
  const rule = named.find((one) => allowsBuilder(one, id));
  const ok =
    rule !== undefined &&
    (keyLimit === undefined || keyLimit.includes(id)) &&
    (wanted.length === 0 || wanted.includes(id));
  const limits = [
    named.some(({ builderIds }) => builderIds === undefined)
      ? []
      : named.flatMap(({ builderIds }) => builderIds ?? []),
    keyLimit ?? [],
    wanted,
  ].flatMap((ids) => (ids.length === 0 ? [] : [[...new Set(ids)].join(' or ')]));
  const expected = [...new Set(limits)].join(', and ') || 'any: none was named';
  return list.record('builder-id', ok, expected, id) ? rule : undefined;
}

function identityText(signer: CertificateIdentity): string {
  const name = 'identity' in signer ? signer.identity : signer.identityPattern;
  return `${name}, vouched for by ${signer.issuer}`;
}
