import { AppError } from '#core/errors/app-error.ts';
import type { ParsedPurl } from '#core/purl/purl.ts';
import type { Places } from '#services/upstream/ask.ts';
import type { Publisher } from '#workers/ecosystems/publisher.ts';
import { publishers } from '#workers/ecosystems/publishers.ts';
import { Upstream } from '#workers/ecosystems/upstream.ts';
import type { CliIo } from '../io.ts';
import type { UpstreamFlags } from './flags.ts';

/** Nobody waits long for what others may have to say. Where their answers lead, only public hosts are asked. */
const limits = { totalTimeoutMs: 60_000, redirectsMax: 3, retries: 2, elsewhere: 'public' } as const;

/** The publisher of a purl's registry; undefined without a purl. @throws AppError `unsupported-ecosystem` */
export function publisherOf(purl: ParsedPurl | undefined): Publisher | undefined {
  if (!purl) return undefined;
  const publisher = publishers.find(({ purlType }) => purlType === purl.type);
  if (publisher) return publisher;
  const known = publishers.map(({ purlType }) => purlType).join(', ');
  throw new AppError(
    'unsupported-ecosystem',
    `The registry of ${purl.type} packages is not known here; known: ${known}.`,
  );
}

/** Opens what was named; `close` ends the connections. @throws AppError `usage` */
export async function openPlaces(
  io: CliIo,
  flags: UpstreamFlags,
  publisher: Publisher | undefined,
): Promise<Places & { close(): Promise<void> }> {
  const opened: Upstream[] = [];
  const open = (settings: { url: string; ca?: string }): Upstream => {
    const upstream = new Upstream(settings, limits);
    opened.push(upstream);
    return upstream;
  };
  const registry = publisher && {
    publisher,
    upstream: open(
      await publisher.machineSettings(
        io.env,
        checkedUrl(flags.registry ?? io.env[publisher.upstreamVariable]),
      ),
    ),
  };
  const github =
    flags.github === undefined
      ? undefined
      : { repository: flags.github, upstream: open(githubAt(io, flags)) };
  const rebuilderUrl = checkedUrl(flags.rebuilder);
  const rebuilder = rebuilderUrl === undefined ? undefined : open({ url: rebuilderUrl });
  return {
    ...(registry && { registry }),
    ...(github && { github }),
    ...(rebuilder && { rebuilder }),
    close: async () => void (await Promise.all(opened.map((upstream) => upstream.close()))),
  };
}

/** The token of GitHub's own tools, sent to GitHub's API alone. */
function githubAt(io: CliIo, { githubApi }: UpstreamFlags): { url: string } {
  const url = new URL(checkedUrl(githubApi) ?? '');
  const token = io.env['GITHUB_TOKEN'] ?? io.env['GH_TOKEN'];
  if (token && (url.protocol === 'https:' || url.hostname === '127.0.0.1')) {
    url.username = 'x-access-token';
    url.password = encodeURIComponent(token);
  }
  return { url: url.href };
}

function checkedUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new AppError('usage', 'What is to be asked is named by an https or http URL.');
  return text;
}
