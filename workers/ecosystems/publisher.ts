import type { ParsedPurl } from '#core/purl/purl.ts';
import type { Digests } from '#core/upstream/claims.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import type { UpstreamKey } from '#core/upstream/upstream-key.ts';
import type { Upstream, UpstreamSettings } from './upstream.ts';

/** One published file, and what its registry has about it. Digests are the registry's word. */
export interface Published {
  readonly purl: string;
  readonly file: string;
  readonly digest: Digests;
  readonly found: readonly FoundBundle[];
  /** Where was asked, and what it said: each a URL without credentials. */
  readonly asked: readonly { readonly place: string; readonly answer: 'found' | 'nothing' }[];
}

/**
 * What is known of a registry that has its publishers' statements. Adding one is adding a folder, and a line in
 * publishers.ts; it need not be an ecosystem that can be rebuilt.
 */
export interface Publisher {
  readonly purlType: string;
  readonly upstreamVariable: `ASSAY_${string}_URL`;
  machineSettings(
    environment: Readonly<Record<string, string | undefined>>,
    url: string | undefined,
  ): Promise<UpstreamSettings>;
  /** Keys that the registry itself signs with, out of the targets of the public trust root (TUF target → text). */
  ownKeys(targets: ReadonlyMap<string, string>): readonly UpstreamKey[];
  /**
   * The file that a purl leads to, with its statements; undefined where the registry has no such release or file. A
   * registry that says that it has statements and does not give them is an error, never silence.
   * @throws AppError `upstream`, `too-large`, `interrupted`, `usage` where the purl leads to several files and none is named
   */
  published(
    purl: ParsedPurl,
    file: string | undefined,
    tools: { readonly upstream: Upstream; readonly signal: AbortSignal },
  ): Promise<Published | undefined>;
}
