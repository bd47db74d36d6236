import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import type { UpstreamSettings } from '../upstream.ts';

const run = promisify(execFile);

/**
 * The index and the certificates that pip uses on this machine: its environment variables, then its configuration,
 * then its own default as `pip install --help` states it. `named` is an index to use instead.
 * @throws AppError `usage` where there is no pip that says
 */
export async function pipSettings(
  environment: Readonly<Record<string, string | undefined>>,
  named?: string,
): Promise<UpstreamSettings> {
  const url =
    named ?? environment['PIP_INDEX_URL'] ?? (await configured('global.index-url')) ?? (await builtIn());
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new AppError('usage', 'It is not known which Python package index to use.', {
      hint: 'Set ASSAY_PYPI_URL to the URL of a simple index, or install and configure pip.',
    });
  const certificates = environment['PIP_CERT'] ?? (await configured('global.cert'));
  if (certificates === undefined) return { url };
  return { url, ca: await readFile(certificates, 'utf8') };
}

async function configured(name: string): Promise<string | undefined> {
  return (await pip(['config', 'get', name]))?.trim() || undefined;
}

async function builtIn(): Promise<string | undefined> {
  const help = await pip(['install', '--help']);
  return /--index-url <url>[\s\S]{0,200}?\(default\s+(https?:\/\/[^\s)]+)\)/.exec(help ?? '')?.[1];
}

/** Standard output of pip, or undefined where it fails or is not there. */
async function pip(args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('python3', ['-m', 'pip', ...args], {
      timeout: 30_000,
      maxBuffer: 1024 ** 2,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
