import type { Ecosystem } from './ecosystem.ts';
import { ecosystems } from './registry.ts';
import { Upstream } from './upstream.ts';

/**
 * The upstream of every ecosystem: where the configuration names one, that URL, else what this machine's own client of
 * the registry is configured with. Certificates are the machine's in both cases.
 * @throws AppError `usage`
 */
export async function openUpstreams(
  configured: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ ecosystem: Ecosystem; upstream: Upstream }[]> {
  return Promise.all(
    ecosystems.map(async (ecosystem) => {
      const url = configured[ecosystem.upstreamVariable];
      const settings = await ecosystem.machineSettings(environment, url);
      return { ecosystem, upstream: new Upstream(settings) };
    }),
  );
}
