import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStack, type Stack, type StackServiceName } from '#deploy/sigstore/stack.ts';

const subject = 'https://rebuilder.example/embedded/v1';
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-stack-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whether something answers there. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

const pages = ({ fulcioUrl, rekorUrl, tsaUrl, issuerUrl }: Stack): [StackServiceName, string][] => [
  ['fulcio', `${fulcioUrl}/healthz`],
  ['rekor', `${rekorUrl}/healthz`],
  ['tsa', `${tsaUrl}/ping`],
  ['issuer', `${issuerUrl}/.well-known/openid-configuration`],
];

describe('a Sigstore on one machine', () => {
  test('goes down and comes back service by service, at the same place and with the same keys', async () => {
    const stack = await startStack({ folder: join(folder, 'one'), log: () => undefined });
    try {
      const certificates = async (): Promise<string> =>
        (await fetch(`${stack.tsaUrl}/api/v1/timestamp/certchain`)).text();
      const before = await certificates();
      for (const [name, page] of pages(stack)) {
        for (const end of ['stop', 'kill'] as const) {
          await stack.service(name)[end]();
          expect(await answers(page), `${name} after ${end}`).toBe(false);
          await stack.service(name).start();
          expect(await answers(page), `${name} after start`).toBe(true);
        }
      }
      expect(await certificates()).toBe(before);
    } finally {
      await stack.close();
    }
    expect(await readdir(folder)).not.toContain('one');
  });

  test('runs beside another one', async () => {
    const stacks = await Promise.all(
      ['left', 'right'].map((name) => startStack({ folder: join(folder, name), log: () => undefined })),
    );
    try {
      for (const stack of stacks)
        for (const [name, page] of pages(stack)) expect(await answers(page), name).toBe(true);
      const [left, right] = stacks.map(({ trustedRoot }) => trustedRoot.tlogs[0]?.logId.keyId);
      expect(left).not.toBe(right);
    } finally {
      await Promise.all(stacks.map((stack) => stack.close()));
    }
  });

  test('gives tokens only where they are asked for: the issuer has no page for them', async () => {
    const stack = await startStack({ folder: join(folder, 'issuer'), log: () => undefined });
    try {
      expect((await stack.token({ subject })).split('.')).toHaveLength(3);
      expect(await answers(`${stack.issuerUrl}/token`)).toBe(false);
    } finally {
      await stack.close();
    }
  });
});

describe('npm run stack', () => {
  test('says how to use it, and leaves no server and no key behind when it is killed', async () => {
    const child = spawn(process.execPath, ['scripts/stack.ts'], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (line.startsWith('Ctrl-C')) break;
    }
    const words = said.join('\n');
    const [, rootFile = ''] = /ASSAY_TRUSTED_ROOT_FILE=(\S+)/.exec(words) ?? [];
    const [, fulcioUrl = ''] = /ASSAY_FULCIO_URL=(\S+)/.exec(words) ?? [];
    await access(rootFile);
    expect(await answers(`${fulcioUrl}/healthz`)).toBe(true);

    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual([]);
    expect(await answers(`${fulcioUrl}/healthz`)).toBe(false);
  });
});
