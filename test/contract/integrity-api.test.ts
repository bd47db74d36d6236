import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenancePredicateType } from '#schemas/predicate-types.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl } from '#test/harness/api/supplied-request.ts';
import { downloadPythonSource, installPythonPackages } from '#test/harness/servers/python-packages.ts';

const harness = join(import.meta.dirname, '../harness/python');
const requirements = join(harness, 'pypi-attestations-requirements.txt');
const file = 'pypi_attestations-0.0.19.tar.gz';
const sha256 = '9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3';
const path = `/integrity/PyPI_attestations/0.0.19/${file}/provenance`;

/** A bundle of the public Sigstore about a real file, carried through our answer to the client of the registry. */
describe('the integrity api, read by the package index’s own client', () => {
  let api: ApiServer;
  let id: string;
  let bundle: { verificationMaterial: { tlogEntries: { integratedTime?: string }[] } };
  let client: (args: readonly string[], input: string) => Promise<string>;

  beforeAll(async () => {
    const packages = await installPythonPackages('pypi-attestations', requirements);
    const source = await downloadPythonSource(requirements, 'pypi-attestations==0.0.30');
    client = (args, input) =>
      new Promise((resolve, reject) => {
        const env = { PATH: process.env['PATH'] ?? '', PYTHONPATH: packages, HOME: packages };
        const child = execFile(
          'python3',
          [join(harness, 'integrity-client.py'), ...args],
          { env, maxBuffer: 1024 ** 2 },
          (error, stdout) => (error ? reject(error) : resolve(stdout)),
        );
        child.stdin?.end(input);
      });
    const attestation = await readFile(join(source, 'test/assets', `${file}.slsa.attestation`), 'utf8');
    bundle = JSON.parse(await client(['bundle'], attestation)) as typeof bundle;
    api = await ApiServer.start();
    id = await submitPurl(api, await api.createToken('ci'), 'pkg:pypi/pypi-attestations@0.0.19');
    const rebuild = api.plane.rebuildStates.get(id);
    const artifact = { ...rebuild.result.artifact, file, digest: { sha256 }, size: 29_882 };
    api.plane.rebuildStates.change(rebuild, { artifact });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const serve = (shown: unknown): void => {
    const { bundles } = api.plane.rebuildStates.get(id);
    bundles.splice(0, bundles.length, {
      predicateType: provenancePredicateType,
      digest: '0'.repeat(64),
      subject: sha256,
      bundle: shown,
    });
  };

  it('verifies what is served under the file’s name and digest, and refuses it for another digest', async () => {
    serve(bundle);
    const response = await api.request('GET', path);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.pypi.integrity.v1+json',
    ]);
    const object = await response.text();
    expect(await client(['verify', file, sha256], object)).toBe(
      `GitHub trailofbits/pypi-attestations ${provenancePredicateType}\n`,
    );
    await expect(client(['verify', file, 'a'.repeat(64)], object)).rejects.toThrow(/does not match/);
  });

  it('404: a bundle whose log gives no time is not served half', async () => {
    const [entry] = bundle.verificationMaterial.tlogEntries;
    const { integratedTime: _, ...timeless } = entry ?? {};
    serve({
      ...bundle,
      verificationMaterial: { ...bundle.verificationMaterial, tlogEntries: [timeless] },
    });
    const problem = await expectProblem(await api.request('GET', path), 'nothing-to-verify');
    expect(problem.detail).toMatch(/gives no time/);
  });

  it('404: a bundle by a key, without a log', async () => {
    serve({ ...bundle, verificationMaterial: { publicKey: { hint: 'x' } } });
    const problem = await expectProblem(await api.request('GET', path), 'nothing-to-verify');
    expect(problem.detail).toMatch(/certificate/);
  });

  it('404: another file of the same version', async () => {
    serve(bundle);
    const other = path.replace(file, 'pypi_attestations-0.0.19-py3-none-any.whl');
    await expectProblem(await api.request('GET', other), 'nothing-to-verify');
  });
});
