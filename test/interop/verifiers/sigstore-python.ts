import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { installPythonPackages } from '#test/harness/servers/python-packages.ts';
import type { Answer, Given, InteropVerifier } from '../given.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** PyPI's `sigstore`, in one process of Python that is asked line by line. It knows signers by certificate only. */
export async function startSigstorePython(): Promise<InteropVerifier> {
  const packages = await installPythonPackages('sigstore', path('requirements.txt'));
  const child = spawn('python3', ['-I', '-c', starter, packages, path('sigstore-python.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the process of sigstore-python has ended');
    return JSON.parse(value) as unknown;
  };
  const { version } = (await next()) as { version: string };
  return {
    name: 'sigstore-python',
    version,
    kinds: ['keyless'],
    verify: async ({ bundle, trustedRoot, artifact, signer }: Given): Promise<Answer> => {
      if (signer.kind !== 'keyless') throw new TypeError('sigstore-python knows no keys');
      const { identity, issuer } = signer;
      const asked = {
        bundle,
        trustedRoot,
        identity,
        issuer,
        artifact: Buffer.from(artifact).toString('base64'),
      };
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      return (await next()) as Answer;
    },
    close: async () => {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

/** Isolated from what is installed on the machine, and from the environment. */
const starter = 'import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2])';
