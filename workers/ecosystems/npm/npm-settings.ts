import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import type { UpstreamSettings } from '../upstream.ts';

/**
 * The registry and the certificates that npm uses on this machine; `named` is a registry to use instead.
 * @throws AppError `usage` where there is no npm that says
 */
export async function npmSettings(
  environment: Readonly<Record<string, string | undefined>>,
  named?: string,
): Promise<UpstreamSettings> {
  const url = named ?? environment['npm_config_registry'] ?? (await configured('registry'));
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new AppError('usage', 'It is not known which npm registry to use.', {
      hint: 'Set ASSAY_NPM_URL to the URL of a registry, or install and configure npm.',
    });
  const certificates = environment['npm_config_cafile'] ?? (await configured('cafile'));
  return certificates === undefined ? { url } : { url, ca: await readFile(certificates, 'utf8') };
}

async function configured(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', name], { timeout: 30_000 });
    const text = stdout.trim();
    return text === '' || text === 'null' || text === 'undefined' ? undefined : text;
  } catch {
    return undefined;
  }
}
