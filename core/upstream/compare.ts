import type { LookupKind } from '#schemas/verdict.ts';
import { builderStanding } from './builders.ts';
import type { Claims, Digests } from './claims.ts';
import { sameBytes } from './read-claims.ts';
import type { UpstreamSigner } from './signer.ts';

export type Agreement = 'agrees' | 'contradicts' | 'not-comparable';

/** One thing that somebody else says, beside what our rebuild found. */
export interface Comparison {
  readonly claim: 'artifact' | 'bytes' | 'repository' | 'commit' | 'builder' | 'verdict';
  readonly theirs: string;
  readonly ours: string;
  readonly agreement: Agreement;
  readonly sentence: string;
}

/** What is known of our rebuild. */
export interface OurRebuild {
  readonly artifact: Digests;
  readonly verdict: LookupKind;
  /** `commit` only where the source was taken from that commit of a repository; an sdist says nothing of it. */
  readonly source?: { readonly kind: string; readonly repository?: string; readonly commit?: string };
  readonly output?: Digests;
}

/**
 * Holds a verified statement of somebody else against our rebuild of the same file. Pure. Nothing that one side does not
 * say is ever agreement.
 */
export function compareWithRebuild(
  theirs: Claims,
  signer: UpstreamSigner,
  ours: OurRebuild | undefined,
): readonly Comparison[] {
  const builder = compareBuilder(theirs, signer);
  if (!ours) return builder;
  return [
    ...compareArtifact(theirs, ours),
    ...compareSource(theirs, ours),
    ...builder,
    ...compareBytes(theirs, ours),
    ...compareVerdict(theirs, ours),
  ];
}

function compareArtifact({ kind, subjects }: Claims, { artifact }: OurRebuild): Comparison[] {
  const compared = new Set(subjects.map(({ digest }) => sameBytes(digest, artifact)));
  const same = compared.has(true);
  // A statement about the other rebuilder's own output is bound to the artifact by its equivalence statement.
  if (!same && kind === 'rebuild') return [];
  const theirs =
    shown(subjects[0]?.digest ?? {}) + (subjects.length > 1 ? ` and ${subjects.length - 1} more` : '');
  const words = { theirs, ours: shown(artifact) };
  if (same) return [row('artifact', words, 'agrees', 'They speak of the very file that was rebuilt.')];
  return compared.has(false)
    ? [row('artifact', words, 'contradicts', 'They speak of a file with other bytes than the one rebuilt.')]
    : [
        row(
          'artifact',
          words,
          'not-comparable',
          'They know the file by a digest that our rebuild does not have.',
        ),
      ];
}

function compareSource({ source }: Claims, { source: our }: OurRebuild): Comparison[] {
  if (!source) return [];
  const kind = our === undefined ? 'no source' : `a source of kind ${our.kind}`;
  const rows: Comparison[] = [];
  const repository = { theirs: source.repository, ours: our?.repository ?? `${kind}, no repository` };
  if (our?.repository === undefined)
    rows.push(
      row(
        'repository',
        repository,
        'not-comparable',
        `Our rebuild started from ${kind}, which names no repository.`,
      ),
    );
  else if (our.repository === source.repository)
    rows.push(row('repository', repository, 'agrees', 'Both were built from the same repository.'));
  else
    rows.push(
      row(
        'repository',
        repository,
        'contradicts',
        'They name another repository than the one that was rebuilt from.',
      ),
    );
  if (source.commit === undefined) return rows;
  const commit = { theirs: source.commit, ours: our?.commit ?? `${kind}, no commit` };
  if (our?.commit === undefined)
    rows.push(
      row(
        'commit',
        commit,
        'not-comparable',
        `Our rebuild started from ${kind}, which says nothing of a commit.`,
      ),
    );
  else if (our.commit === source.commit)
    rows.push(row('commit', commit, 'agrees', 'Both were built from the same commit.'));
  else
    rows.push(
      row('commit', commit, 'contradicts', 'They name another commit than the one that was rebuilt from.'),
    );
  return rows;
}

function compareBuilder({ builder }: Claims, signer: UpstreamSigner): Comparison[] {
  if (builder === undefined) return [];
  const standing = builderStanding(builder, signer);
  if (!standing.known)
    return [
      row(
        'builder',
        { theirs: builder, ours: 'not known here' },
        'not-comparable',
        'This builder is not known here.',
      ),
    ];
  const words = { theirs: builder, ours: standing.name };
  if (standing.refused !== undefined)
    return [
      row('builder', words, 'contradicts', `Who signed may not speak for this builder: ${standing.refused}.`),
    ];
  return [row('builder', words, 'agrees', `The builder is ${standing.name}, and its own signature says so.`)];
}

/** Provenance says that these bytes came out of a build; so does a rebuild that is bit for bit the same. */
function compareBytes({ kind, source }: Claims, { verdict, output, source: our }: OurRebuild): Comparison[] {
  if (kind !== 'provenance') return [];
  const words = { theirs: 'built', ours: output ? `${verdict}, ${shown(output)}` : verdict };
  if (verdict === 'reproduced')
    return [
      row('bytes', words, 'agrees', 'They say that a build made these bytes; our own build made the same.'),
    ];
  const sameCommit = source?.commit !== undefined && source.commit === our?.commit;
  if (verdict === 'different' && sameCommit)
    return [
      row(
        'bytes',
        words,
        'contradicts',
        'From the same commit our build made other bytes than they published.',
      ),
    ];
  const why =
    verdict === 'different'
      ? 'Our build made other bytes, but not from the commit that they name.'
      : verdict === 'equivalent'
        ? 'Our build made the same contents, not the same bytes.'
        : 'Our rebuild has no bytes to hold against theirs.';
  return [row('bytes', words, 'not-comparable', why)];
}

const matching: readonly string[] = ['reproduced', 'equivalent'];

function compareVerdict({ verdict: theirs }: Claims, { verdict: ours }: OurRebuild): Comparison[] {
  if (theirs === undefined) return [];
  const words = { theirs, ours };
  if ([...matching, 'different'].includes(theirs) && theirs === ours)
    return [row('verdict', words, 'agrees', 'The other rebuilder found the same.')];
  if (
    (theirs === 'different' && matching.includes(ours)) ||
    (ours === 'different' && matching.includes(theirs))
  )
    return [
      row('verdict', words, 'contradicts', 'One rebuilder found the published contents, the other did not.'),
    ];
  if (matching.includes(theirs) && matching.includes(ours))
    return [
      row(
        'verdict',
        words,
        'not-comparable',
        'Both found the same contents, but only one of them bit for bit.',
      ),
    ];
  return [row('verdict', words, 'not-comparable', 'One of the two rebuilds established nothing.')];
}

function row(
  claim: Comparison['claim'],
  { theirs, ours }: { readonly theirs: string; readonly ours: string },
  agreement: Agreement,
  sentence: string,
): Comparison {
  return { claim, theirs, ours, agreement, sentence };
}

function shown(digest: Digests): string {
  const name =
    ['sha256', 'sha512', 'sha384'].find((known) => digest[known] !== undefined) ?? Object.keys(digest)[0];
  return name === undefined ? 'no digest' : `${name}:${digest[name] ?? ''}`;
}
