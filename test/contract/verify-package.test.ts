import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { freshSigner, signed } from '#test/harness/attesting/signed.ts';
import { artifact, builder, reproduced } from '#test/harness/samples/attest-input.ts';

/** The verifier as somebody else installs it: packed, in an empty folder, with its own dependencies and no other. */
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let folder: string;
let consumer: string;
let dependencies: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-verify-package-'));
  consumer = join(folder, 'consumer');
  const built = join(folder, 'built');
  await run(process.execPath, [join(root, 'scripts/build-verify.ts'), built]);
  const env = { ...process.env, npm_config_cache: join(folder, 'npm'), npm_config_offline: 'true' };
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: built, env });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  const installed = join(consumer, 'node_modules/@assay/verify');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball ?? ''), '-C', installed, '--strip-components=1']);
  ({ dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')));
  for (const name of Object.keys(dependencies)) await link(name);
  await writeFile(join(consumer, 'package.json'), '{"type":"module"}');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function link(name: string): Promise<void> {
  const place = join(consumer, 'node_modules', name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(root, 'node_modules', name), place);
}

test('it needs zod and nothing else', () => {
  expect(Object.keys(dependencies)).toEqual(['zod']);
});

test('plain Node verifies a bundle with it, and refuses the bundle for another file', async () => {
  const signer = await freshSigner();
  const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
  await writeFile(join(consumer, 'bundle.json'), await signed(comparisonStatement(reproduced, by), signer));
  await writeFile(join(consumer, 'key.pub'), signer.publicKeyPem);
  await writeFile(
    join(consumer, 'main.js'),
    `import { readFileSync } from 'node:fs';
import { trustMaterial, verifyBundle } from '@assay/verify';
const trust = trustMaterial({ keys: [{ publicKeyPem: readFileSync('key.pub', 'utf8') }] });
const bundleBytes = readFileSync('bundle.json');
const about = (artifactSha256) => verifyBundle({ bundleBytes, artifactSha256, trust });
const right = about(process.argv[2]);
const wrong = about('0'.repeat(64));
console.log(JSON.stringify({ right: right.verified, level: right.level, wrong: wrong.checks.at(-1).name }));
`,
  );
  const { stdout } = await run(process.execPath, ['main.js', artifact.digest.sha256], {
    cwd: consumer,
    env: {},
  });
  expect(JSON.parse(stdout)).toEqual({ right: true, level: 'SLSA_BUILD_LEVEL_1', wrong: 'subject-digest' });
});

test('its types are complete: a strict consumer compiles, and a wrong one does not', async () => {
  await link('@types/node');
  await link('undici-types');
  const right = `import { verifyBundle, type Trust, type VerifyResult } from '@assay/verify';
export function levelOf(bundleBytes: Uint8Array, artifactSha256: string, trust: Trust): string {
  const result: VerifyResult = verifyBundle({ bundleBytes, artifactSha256, trust });
  return result.verified ? \`\${result.level} by \${result.operator}\` : result.sentence;
}
`;
  await writeFile(join(consumer, 'right.ts'), right);
  // What was not verified has no level.
  await writeFile(join(consumer, 'wrong.ts'), right.replace('result.verified ?', 'result.sentence ?'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = '--strict --noEmit --skipLibCheck false --module nodenext --target es2024 --lib es2024';
  const args = [tsc, ...options.split(' '), '--types', 'node', 'right.ts', 'wrong.ts'];
  const failed = (await run(process.execPath, args, { cwd: consumer }).catch((error: unknown) => error)) as {
    stdout: string;
  };
  const faults = failed.stdout.split('\n').filter((line) => line.includes('error TS'));
  expect(faults).toEqual([
    expect.stringMatching(/^wrong\.ts.*Property 'level' does not exist/),
    expect.stringMatching(/^wrong\.ts.*Property 'operator' does not exist/),
  ]);
});
