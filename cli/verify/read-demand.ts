import { AppError } from '#core/errors/app-error.ts';
import { withoutRefused } from '#core/normalize/known-passes.ts';
import type { Quorum } from '#core/policy/evaluate.ts';
import { requirementsOf } from '#core/policy/requirements.ts';
import { signerRules } from '#core/policy/signer-table.ts';
import { IdentityPattern, type CertificateIdentity, type PolicySigner } from '#schemas/policy.ts';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import type { Expectation } from '#verify/expectation.ts';
import type { CliIo } from '../io.ts';
import { keyHint } from './key-hint.ts';
import { readPolicy, readRebuilders } from './read-policy.ts';
import type { VerifyFlags } from './verify-flags.ts';

/** What has to be so before the command says that a file is verified. */
export interface Demand {
  /** Asked of every bundle. */
  readonly expect: Expectation;
  /** Asked of all together; absent: every bundle that is given has to pass. */
  readonly quorum?: Quorum;
  /** Keys that the policy or the set of rebuilders brings, PEM. */
  readonly keys: readonly string[];
}

/** Flags that a policy says itself. */
const saidByPolicy: readonly (keyof VerifyFlags)[] = [
  'rebuilders',
  'threshold',
  'identity',
  'identityPattern',
  'issuer',
  'level',
  'maxLevel',
  'predicateType',
  'maxAge',
  'summaryPolicy',
  'accept',
  'refusePass',
];

/** @throws AppError `no-policy` where nothing says whom to believe; `usage` */
export async function readDemand(io: CliIo, flags: VerifyFlags): Promise<Demand> {
  const expect = expectationOf(flags, new Date(io.now()));
  if (flags.policy !== undefined) {
    const twice = saidByPolicy.filter((name) => isGiven(flags[name]));
    if (twice.length > 0)
      throw new AppError('usage', `The policy says that itself: ${twice.map(optionOf).join(', ')}.`, {
        hint: 'Change the policy, or give the options without it.',
      });
    const policy = await readPolicy(io.cwd, flags.policy);
    const { threshold, signers } = policy;
    const quorum = { asked: requirementsOf(policy), rules: rulesOf(signers, flags.policy), threshold };
    return { expect, quorum, keys: keysOf(signers) };
  }
  refuseNoPass(flags);
  if (flags.rebuilders !== undefined) {
    const { signers } = await readRebuilders(io.cwd, flags.rebuilders);
    const { accept, predicateTypes = [comparisonPredicateType], ...asked } = expect;
    const quorum = {
      asked: { ...asked, predicateTypes, accept: ['reproduced', ...(accept ?? [])] as const },
      rules: rulesOf(signers, flags.rebuilders),
      threshold: flags.threshold ?? 1,
    };
    refuseUnreachable(quorum, flags.rebuilders);
    return { expect, quorum, keys: keysOf(signers) };
  }
  if (flags.threshold !== undefined)
    throw new AppError('usage', '--threshold counts operators, and nothing says who they are.', {
      hint: 'Name them with --rebuilders FILE (docs/policy.md).',
    });
  refuseNobody(flags, expect);
  return { expect, keys: [] };
}

function expectationOf(flags: VerifyFlags, now: Date): Expectation {
  const { source, sourceDigest, builderId, predicateType, summaryPolicy } = flags;
  const identities = identitiesOf(flags);
  return {
    now,
    ...(identities.length > 0 && { identities }),
    ...(builderId.length > 0 && { builderIds: builderId }),
    ...((source !== undefined || sourceDigest) && {
      source: { ...(source !== undefined && { uri: source }), ...(sourceDigest && { digest: sourceDigest }) },
    }),
    ...(flags.level && { minimumLevel: flags.level }),
    ...(flags.maxLevel && { maximumLevel: flags.maxLevel }),
    ...(predicateType.length > 0 && { predicateTypes: predicateType }),
    ...(flags.maxAge !== undefined && { maximumAgeMs: flags.maxAge }),
    ...(flags.resourceUri !== undefined && { resourceUri: flags.resourceUri }),
    ...(summaryPolicy.length > 0 && { summaryPolicies: summaryPolicy }),
    ...(flags.accept && { accept: [flags.accept] }),
    ...(flags.refusePass && { refusedPasses: flags.refusePass }),
  };
}

/** Refused by a name that no pass has, or where nothing rests on passes, a pass would not be refused at all. */
function refuseNoPass({ refusePass, accept }: VerifyFlags): void {
  withoutRefused(refusePass ?? []);
  if (refusePass === undefined || accept !== undefined) return;
  throw new AppError('usage', '--refuse-pass says what an equivalent may not rest on, and none is taken.', {
    hint: 'Add --accept equivalent, or leave --refuse-pass out: without it no pass counts for anything.',
  });
}

/** A name without its issuer could be anybody's: both are needed. */
function identitiesOf({ identity, identityPattern, issuer }: VerifyFlags): CertificateIdentity[] {
  if (identity.length + identityPattern.length === 0) {
    if (issuer === undefined) return [];
    throw new AppError('usage', '--issuer says who vouches, but not for whom.', {
      hint: 'Add --identity NAME or --identity-pattern PATTERN.',
    });
  }
  if (issuer === undefined)
    throw new AppError('usage', 'An identity means nothing without the one who vouches for it.', {
      hint: 'Add --issuer URL, such as https://token.actions.githubusercontent.com.',
    });
  for (const pattern of identityPattern) {
    const checked = IdentityPattern.safeParse(pattern);
    if (!checked.success)
      throw new AppError('usage', `--identity-pattern ${pattern}: not ${checked.error.issues[0]?.message}.`);
  }
  return [
    ...identity.map((name) => ({ issuer, identity: name })),
    ...identityPattern.map((pattern) => ({ issuer, identityPattern: pattern })),
  ];
}

/** Trust in an authority is trust in nobody whom it certified: somebody has to be named. */
function refuseNobody({ key, trustedRoot, builderId }: VerifyFlags, { identities }: Expectation): void {
  if (key.length > 0 || identities !== undefined) return;
  if (trustedRoot !== undefined && builderId.length > 0) return;
  throw new AppError(
    'no-policy',
    trustedRoot === undefined
      ? 'Nothing says whom to trust: no key, no identity and no policy was given.'
      : 'A trusted root says who may certify and witness, not whom to believe.',
    {
      hint: 'Give the public key of the rebuilder with --key FILE (`assay key export` prints the one of a service), an --identity with its --issuer, --rebuilders or a --policy.',
    },
  );
}

function rulesOf(signers: readonly PolicySigner[], path: string): Quorum['rules'] {
  try {
    return signerRules(signers, keyHint);
  } catch (cause) {
    throw new AppError('usage', `A key in ${path} cannot be used.`, {
      hint: 'publicKeyPem is the public key in PEM (BEGIN PUBLIC KEY).',
      cause,
    });
  }
}

function keysOf(signers: readonly PolicySigner[]): string[] {
  return signers.flatMap((signer) =>
    'key' in signer && 'publicKeyPem' in signer.key ? [signer.key.publicKeyPem] : [],
  );
}

function refuseUnreachable({ rules, threshold }: Quorum, path: string): void {
  const operators = new Set(rules.map(({ operator }) => operator)).size;
  if (operators < threshold)
    throw new AppError('usage', `${path} names ${operators} operators: ${threshold} can never be reached.`);
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
