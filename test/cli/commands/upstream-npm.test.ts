import { beforeEach, describe, expect, test } from 'vitest';
import { digestHex, recorded } from '#test/harness/upstream/recorded.ts';
import {
  failures,
  firstLine,
  freshFolder,
  put,
  statementsOf,
  upstream,
} from '#test/harness/upstream/run-upstream.ts';
import { serve } from '#test/harness/upstream/serve.ts';
import type { LocalServer } from '#test/workers/ecosystems/local-server.ts';

beforeEach(freshFolder);

describe('a registry of npm', () => {
  const purl = 'pkg:npm/gundam-visor@1.0.1';
  const tarball = recorded('gundam-visor.tgz');
  const integrity = `sha512-${Buffer.from(digestHex('sha512', tarball), 'hex').toString('base64')}`;
  const release = {
    name: 'gundam-visor',
    version: '1.0.1',
    repository: { type: 'git', url: 'git+https://github.com/ramonpetgrave64/gundam-visor.git' },
    dist: {
      integrity,
      tarball: 'https://registry.example/gundam-visor/-/gundam-visor-1.0.1.tgz',
      attestations: {},
    },
  };
  const attestations = JSON.parse(recorded('gundam-visor.attestations.json').toString()) as {
    attestations: {
      predicateType: string;
      bundle: { dsseEnvelope: { payload: string; signatures: { sig: string }[] } };
    }[];
  };
  const registry = (version: object, answer: object | undefined): Promise<LocalServer> =>
    serve({ '/gundam-visor/1.0.1': version, '/-/npm/v1/attestations/gundam-visor@1.0.1': answer });

  test('the registry’s and the publisher’s statements are verified offline, and shown as theirs', async () => {
    const { url } = await registry(release, attestations);
    const run = await upstream(purl, '--registry', url);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(firstLine(run)).toBe(
      'Verified: gundam-visor-1.0.1.tgz. 2 statements by others. Held against no rebuild of ours (--rebuild, --comparison).',
    );
    expect(run.stdout).toContain('as the registry says');
    expect(run.stdout).toContain('taken in by its registry; how it was made is not said');
    expect(run.stdout).toContain(
      'they say  https://github.com/actions/runner/github-hosted built this file from https://github.com/ramonpetgrave64/gundam-visor at 599500821344b070902a7a5666064bfdaba715df.',
    );
    expect(run.stdout).toContain(
      'a workflow of https://github.com/ramonpetgrave64/gundam-visor (as the registry says)',
    );
  });

  test('the same for the file itself, asked about under its purl; another file fails', async () => {
    const { url } = await registry(release, attestations);
    await put('gundam-visor-1.0.1.tgz', tarball);
    expect(await upstream('gundam-visor-1.0.1.tgz', '--purl', purl, '--registry', url)).toMatchObject({
      code: 0,
    });
    await put('gundam-visor-1.0.1.tgz', Buffer.concat([tarball, Buffer.of(0)]));
    const other = await upstream(
      'gundam-visor-1.0.1.tgz',
      '--purl',
      purl,
      '--registry',
      url,
      '--format',
      'json',
    );
    expect(other.code).toBe(1);
    expect(failures(other)).toEqual(['subject-digest', 'subject-digest']);
  });

  test.each([
    [
      'a byte of the signature',
      (sig: string) => `${sig.slice(0, 20)}${sig[20] === 'A' ? 'B' : 'A'}${sig.slice(21)}`,
    ],
    ['no signature', () => ''],
  ])('%s changed: not verified, exit 1', async (_what, change) => {
    const changed = structuredClone(attestations);
    for (const { bundle } of changed.attestations)
      for (const signature of bundle.dsseEnvelope.signatures) signature.sig = change(signature.sig);
    const { url } = await registry(release, changed);
    const run = await upstream(purl, '--registry', url);
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe('NOT verified: gundam-visor-1.0.1.tgz. 2 of 2 statements failed.');
  });

  test('provenance of another repository than the package names is not the publisher’s', async () => {
    const { url } = await registry({ ...release, repository: 'github:somebody/else' }, attestations);
    const run = await upstream(purl, '--registry', url, '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['identity']);
  });

  test('a registry that names no repository: sound, but nobody says who may speak', async () => {
    const { repository: _repository, ...unnamed } = release;
    const { url } = await registry(unnamed, { attestations: [attestations.attestations[1]] });
    const run = await upstream(purl, '--registry', url);
    expect(run.code).toBe(3);
    expect(firstLine(run)).toContain('nobody says that who signed may speak for it');
    expect(run.stdout).toContain('UNIDENTIFIED');
    const named = ['--signer-repository', 'https://github.com/ramonpetgrave64/gundam-visor'];
    expect((await upstream(purl, '--registry', url, ...named)).code).toBe(0);
    expect((await upstream(purl, '--registry', url, '--signer-repository', 'github:other/one')).code).toBe(1);
  });

  test('nothing there is exit 3; statements that are announced and withheld are exit 5', async () => {
    const { dist } = release;
    const silent = await registry({ ...release, dist: { integrity, tarball: dist.tarball } }, undefined);
    const nothing = await upstream(purl, '--registry', silent.url);
    expect(nothing.code).toBe(3);
    expect(firstLine(nothing)).toBe(
      'Not established: gundam-visor-1.0.1.tgz. Nobody was found to say anything about it.',
    );
    const withheld = await upstream(purl, '--registry', (await registry(release, undefined)).url);
    expect(withheld.code).toBe(5);
    expect(withheld.stdout).toContain('COULD NOT BE ASKED');
  });

  test('bundles of the first format, with the older provenance, are read too', async () => {
    const goggles = recorded('supreme-googles.tgz');
    const { url } = await serve({
      '/@trishankatdatadog%2fsupreme-goggles/1.0.5': {
        name: '@trishankatdatadog/supreme-goggles',
        version: '1.0.5',
        repository: 'github:trishankatdatadog/supreme-goggles',
        dist: {
          integrity: `sha512-${Buffer.from(digestHex('sha512', goggles), 'hex').toString('base64')}`,
          tarball: 'https://registry.example/supreme-goggles-1.0.5.tgz',
        },
      },
      '/-/npm/v1/attestations/@trishankatdatadog%2fsupreme-goggles@1.0.5': recorded(
        'supreme-googles.attestations.json',
      ),
    });
    const run = await upstream(
      'pkg:npm/%40trishankatdatadog/supreme-goggles@1.0.5',
      '--registry',
      url,
      '--format',
      'json',
    );
    expect(run.code).toBe(0);
    expect(statementsOf(run).map(({ claims }) => claims?.source?.['commit'])).toEqual([
      undefined,
      '38ebf99444e033b2f1550c9aaaeacd62d02a12ba',
    ]);
  });
});
