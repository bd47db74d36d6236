import { parsePurl } from '#core/purl/purl.ts';
import type { JobReport } from '#schemas/jobs.ts';
import type { Environment } from '#schemas/recipe.ts';
import type { ReadArchive } from '../ecosystems/archive-facts.ts';
import { ecosystems } from '../ecosystems/registry.ts';
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import type { Upstream } from '../ecosystems/upstream.ts';
import type { JobHandler } from '../runtime/control-client.ts';
import { resolveSupplied } from './supplied.ts';
import { withoutRecipe } from './without-recipe.ts';

/** What the worker was started with. */
export interface ResolveDeps {
  readonly upstreams: readonly { readonly ecosystem: Ecosystem; readonly upstream: Upstream }[];
  readonly readArchive: ReadArchive;
  readonly architecture: Environment['architecture'];
}

/** Finds artifact, source and recipes; or, before a verdict is told, looks whether the artifact is still what it was. */
export function createResolveHandler(deps: ResolveDeps): JobHandler<'resolve'> {
  return async (job) => {
    const { input } = job;
    if (input.kind === 'supplied') return resolveSupplied(input, job, deps.readArchive);
    const purl = parsePurl(input.kind === 'purl' ? input.purl : input.artifact.purl);
    const ecosystem = ecosystems.find(({ purlType }) => purlType === purl.type);
    if (!ecosystem) return unsupported(purl.type);
    const upstream = upstreamOf(deps, ecosystem);
    if (input.kind === 'recheck') return ecosystem.recheck(purl, input.artifact, { upstream, job });
    return ecosystem.resolve(purl, input.file, { ...deps, upstream, job });
  };
}

function upstreamOf({ upstreams }: ResolveDeps, ecosystem: Ecosystem): Upstream {
  const found = upstreams.find((entry) => entry.ecosystem === ecosystem);
  if (!found) throw new TypeError(`no upstream was opened for ${ecosystem.purlType}`);
  return found.upstream;
}

function unsupported(purlType: string): JobReport<'resolve'> {
  const supported = ecosystems.map((ecosystem) => ecosystem.purlType).join(', ');
  return withoutRecipe(`Packages of type "${purlType}" cannot be rebuilt here; supported: ${supported}.`);
}
