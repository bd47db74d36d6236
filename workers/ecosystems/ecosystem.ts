import type { ParsedPurl } from '#core/purl/purl.ts';
import type { Environment } from '#schemas/recipe.ts';
import type { JobContext } from '../runtime/control-client.ts';
import type { JobReport } from '#schemas/jobs.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { ReadArchive } from './archive-facts.ts';
import type { GatewayProtocol } from './gateway-protocol.ts';
import type { Upstream, UpstreamSettings } from './upstream.ts';

/** What resolving may use. */
export interface ResolveTools {
  readonly upstream: Upstream;
  readonly readArchive: ReadArchive;
  readonly architecture: Environment['architecture'];
  readonly job: Pick<JobContext<'resolve'>, 'folder' | 'signal' | 'upload' | 'progress'>;
}

/**
 * All that Assay knows of one package registry. Adding one is adding a folder, and a line in registry.ts. A registry
 * that fails us throws an AppError; what cannot be established is a report.
 */
export interface Ecosystem {
  /** The purl type, and `Recipe.ecosystem`. */
  readonly purlType: string;
  /** The variable that names the upstream. */
  readonly upstreamVariable: `ASSAY_${string}_URL`;
  /** Debian package of the registry's own client, which knows how this machine reaches the registry. */
  readonly clientPackage: string;
  /** What this machine's own client of the registry is configured with, but for `url` where it is given. @throws AppError `usage` where that cannot be told */
  machineSettings(
    environment: Readonly<Record<string, string | undefined>>,
    url: string | undefined,
  ): Promise<UpstreamSettings>;
  /** Finds the artifact, its source and its recipes. */
  resolve(purl: ParsedPurl, file: string | undefined, tools: ResolveTools): Promise<JobReport<'resolve'>>;
  /** Whether the registry still names the same digest for a file that was rebuilt. */
  recheck(
    purl: ParsedPurl,
    artifact: Artifact,
    tools: Pick<ResolveTools, 'upstream' | 'job'>,
  ): Promise<JobReport<'resolve'>>;
  /** The missing input that the log of a failed `dependencies` step names, in a sentence. */
  explainFailure(logTail: string): { readonly requirement: string; readonly detail: string } | undefined;
  /** What the gateway speaks to builds with; `Recipe.registry.protocol` is its name. */
  protocol(upstream: Upstream): GatewayProtocol;
  /** Environment by which the registry's client finds the gateway inside of a sandbox. */
  readonly clientVariables: Readonly<Record<string, string>>;
}
