import type { VerdictKind } from '#schemas/verdict.ts';

/** Digests by algorithm, as in-toto writes them: lower-case hex. */
export type Digests = Readonly<Record<string, string>>;

/** What kind of thing a statement of somebody else says. */
export type ClaimKind = 'provenance' | 'publication' | 'rebuild' | 'equivalence' | 'comparison' | 'other';

/** What a statement of somebody else says, as far as it can be held against a rebuild. All of it is their word, hostile. */
export interface Claims {
  readonly kind: ClaimKind;
  readonly predicateType: string;
  readonly buildType?: string;
  readonly subjects: readonly { readonly name?: string; readonly digest: Digests }[];
  /** `builder.id` */
  readonly builder?: string;
  readonly source?: { readonly repository: string; readonly reference?: string; readonly commit?: string };
  /** What another rebuilder found. */
  readonly verdict?: VerdictKind;
  /** What another rebuilder's build gave. */
  readonly rebuilt?: Digests;
  /** The run that made it, a URL or a number. */
  readonly invocation?: string;
}
