import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  certificateSigner,
  keySigner,
  testBundle,
  testSigstore,
  trustedRootOf,
} from '#test/harness/sigstore/test-sigstore.ts';
import { interleave, type Pair } from '../pairs.ts';
import type { Row } from '../table.ts';
import { engineOf, referenceOf, type Verify } from './verifiers.ts';

const run = promisify(execFile);
const manyCount = 1000;
const roundsCount = 9;
const onceCount = 20;
/** A thousand take seconds. */
const manyRoundsCount = 3;
/** Leaves of the log under each entry: proofs of five hashes. */
const treeSize = 30;

/**
 * CPU of verifying bundles with time stamp and Rekor v2 entry, from their bytes to the verdict: ours against
 * @sigstore/verify with the same trusted root, thresholds and bundles, in one process; and against cosign as a process.
 */
export async function benchVerify(): Promise<Row[]> {
  const world = testSigstore();
  while (world.rekor2.leaves.length < treeSize) world.rekor2.leaves.push(Buffer.from('another entry'));
  const root = trustedRootOf(world);
  const key = keySigner();
  const rows: Row[] = [];
  for (const [name, signer] of [
    ['certificate', certificateSigner(world)],
    ['key', key],
  ] as const) {
    const bundles = Array.from({ length: manyCount }, (_, index) => {
      world.rekor2.leaves.length = treeSize;
      const bundle = testBundle(world, signer, { payload: statement(index) });
      return Buffer.from(JSON.stringify(bundle));
    });
    const [first] = bundles;
    if (!first) throw new Error('there are bundles');
    const ours = () => engineOf(root, key);
    const theirs = () => referenceOf(root, key);
    rows.push(
      { name: `one, by ${name}`, unit: 'ms CPU', aim: '≤ 1.2', pairs: await one(first, ours, theirs) },
      {
        name: `one with its trust, by ${name}`,
        unit: 'ms CPU',
        aim: '≤ 1.2',
        pairs: await oneWithTrust(first, ours, theirs),
      },
      { name: `1,000, by ${name}`, unit: 'ms CPU', aim: '≤ 0.5', pairs: await many(bundles, ours, theirs) },
    );
    if (name === 'key') rows.push(...(await asProcess(first, key.publicKeyPem, root)));
  }
  return rows;
}

/** Trust that has seen nothing yet, and one bundle; each some times, so that the clock can tell. */
function one(bundle: Buffer, ours: () => Verify, theirs: () => Verify): Promise<Pair[]> {
  return warm(
    (make: () => Verify) => {
      const fresh = Array.from({ length: onceCount }, make);
      return cpuMs(() => fresh.forEach((verify) => verify(bundle))) / onceCount;
    },
    [ours, theirs],
  );
}

/** The same with what is done once for any number of bundles: the trusted root read and made ready. */
function oneWithTrust(bundle: Buffer, ours: () => Verify, theirs: () => Verify): Promise<Pair[]> {
  return warm(
    (make: () => Verify) => {
      const each = () => Array.from({ length: onceCount }, () => make()(bundle));
      return cpuMs(each) / onceCount;
    },
    [ours, theirs],
  );
}

async function warm<T>(measure: (make: T) => number, [ours, theirs]: readonly [T, T]): Promise<Pair[]> {
  const pairs = await interleave(
    roundsCount + 2,
    async () => measure(ours),
    async () => measure(theirs),
  );
  // Both are compiled before they count.
  return pairs.slice(2);
}

async function many(bundles: readonly Buffer[], ours: () => Verify, theirs: () => Verify): Promise<Pair[]> {
  const measure = (make: () => Verify) => {
    const verify = make();
    return cpuMs(() => bundles.forEach((bundle) => verify(bundle)));
  };
  return interleave(
    manyRoundsCount,
    async () => measure(ours),
    async () => measure(theirs),
  );
}

/** Wall time of whole processes: our engine in a fresh Node, and cosign where one is installed. */
async function asProcess(bundle: Buffer, publicKeyPem: string, root: object): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-verify-'));
  try {
    const at = (name: string) => join(folder, name);
    await writeFile(at('bundle.json'), bundle);
    await writeFile(at('key.pub'), publicKeyPem);
    await writeFile(at('root.json'), JSON.stringify(root));
    await writeFile(at('artifact'), artifact);
    const node = () =>
      wallMs(process.execPath, [
        join(import.meta.dirname, 'verify-once.ts'),
        at('bundle.json'),
        at('key.pub'),
        at('root.json'),
      ]);
    const cosign = () =>
      wallMs('cosign', [
        'verify-blob-attestation',
        `--bundle=${at('bundle.json')}`,
        `--key=${at('key.pub')}`,
        `--trusted-root=${at('root.json')}`,
        `--type=${predicateType}`,
        '--use-signed-timestamps',
        at('artifact'),
      ]);
    try {
      await cosign();
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      console.log(absent ? 'No cosign on PATH: not compared with it.' : `cosign refuses: ${String(error)}`);
      return [];
    }
    return [{ name: 'one process (cosign)', unit: 'ms', pairs: await interleave(roundsCount, node, cosign) }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const artifact = 'an artifact\n';
const artifactSha256 = createHash('sha256').update(artifact).digest('hex');
const predicateType = 'https://example.org/benchmark/v1';

function statement(index: number): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: artifactSha256 } }],
    predicateType,
    predicate: { index },
  });
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function wallMs(program: string, args: readonly string[]): Promise<number> {
  const before = performance.now();
  await run(program, args);
  return performance.now() - before;
}
