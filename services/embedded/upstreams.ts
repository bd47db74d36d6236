import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ecosystem } from '#workers/ecosystems/ecosystem.ts';
import { ecosystems } from '#workers/ecosystems/registry.ts';
import { publicUrl, type UpstreamSettings } from '#workers/ecosystems/upstream.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Which registries the launcher's user is configured with (credentials and certificates included), as variables for the
 * processes that reach them: they may run as other users, who cannot read that user's own configuration. What cannot be
 * told here is left to the process, whose error says what to do.
 */
export async function upstreamVariables(outside: Variables, root: string): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  const certificates = new Set<string>();
  for (const ecosystem of ecosystems) {
    const settings = await settingsOf(ecosystem, outside).catch(() => undefined);
    if (settings === undefined) continue;
    variables[ecosystem.upstreamVariable] = settings.url;
    if (settings.ca !== undefined) certificates.add(settings.ca);
  }
  const extra = outside['NODE_EXTRA_CA_CERTS'];
  if (extra) certificates.add(await readFile(extra, 'utf8').catch(() => ''));
  certificates.delete('');
  if (certificates.size === 0) return variables;
  const file = join(root, 'registry-certificates.pem');
  await writeFile(file, [...certificates].join('\n'), { mode: 0o644 });
  return { ...variables, NODE_EXTRA_CA_CERTS: file };
}

/** Asking a client can take a second: each is asked once, unless it could not tell. */
const told = new WeakMap<Variables, Map<Ecosystem, Promise<UpstreamSettings>>>();

function settingsOf(ecosystem: Ecosystem, outside: Variables): Promise<UpstreamSettings> {
  const known = told.get(outside) ?? new Map<Ecosystem, Promise<UpstreamSettings>>();
  told.set(outside, known);
  const asked =
    known.get(ecosystem) ??
    ecosystem.machineSettings(outside, outside[ecosystem.upstreamVariable] || undefined);
  known.set(ecosystem, asked);
  asked.catch(() => known.delete(ecosystem));
  return asked;
}

/** Debian packages of registry clients that are needed because nothing on this machine says which registry to use. */
export async function missingClientPackages(outside: Variables): Promise<string[]> {
  const asked = ecosystems.map((ecosystem) =>
    settingsOf(ecosystem, outside).then(
      () => [],
      () => [ecosystem.clientPackage],
    ),
  );
  return (await Promise.all(asked)).flat();
}

export interface UpstreamStatus {
  /** The kind of package, as in its purl. */
  readonly kind: string;
  readonly variable: string;
  /** Where it is, without credentials; absent where nothing says. */
  readonly url?: string;
  readonly answers: boolean;
  /** In words, why not. */
  readonly fault?: string;
}

/** Whether each registry is known and answers at all; for `assay doctor`. */
export async function upstreamStatuses(outside: Variables): Promise<UpstreamStatus[]> {
  return Promise.all(
    ecosystems.map(async (ecosystem) => {
      const named = { kind: ecosystem.purlType, variable: ecosystem.upstreamVariable };
      try {
        const { url } = await settingsOf(ecosystem, outside);
        const shown = publicUrl(url);
        const response = await fetch(shown, { method: 'HEAD', signal: AbortSignal.timeout(15_000) }).catch(
          (error: Error & { cause?: Error & { code?: string } }) => error,
        );
        if (response instanceof Error) {
          const fault = response.cause?.code ?? response.cause?.message ?? response.message;
          return { ...named, url: shown, answers: false, fault };
        }
        // A refusal for want of credentials is an answer: those are given to the processes, not tried here.
        return { ...named, url: shown, answers: true };
      } catch (error) {
        return { ...named, answers: false, fault: (error as Error).message };
      }
    }),
  );
}
