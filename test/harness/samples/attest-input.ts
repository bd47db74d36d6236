import { createHash } from 'node:crypto';
import type { Artifact } from '#schemas/artifact.ts';
import type { Comparison } from '#schemas/comparison.ts';
import type { ObjectRef } from '#schemas/digest.ts';
import type { AttemptFacts, AttestInput, Output } from '#schemas/jobs.ts';
import type { Fact, FactName } from '#schemas/level.ts';
import { defaultLimits, type Recipe } from '#schemas/recipe.ts';
import { workerPlace } from './place.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';

/** Bytes of a published wheel, as far as a test of what is around them needs any. */
export const wheelBytes = Buffer.from('PK\u0003\u0004 a wheel');
export const otherBytes = Buffer.from('PK\u0003\u0004 another wheel');

export const builder: Builder = { id: 'https://rebuilder.example/embedded/v1', version: { assay: '0.1.0' } };

export function objectRef(bytes: Uint8Array): ObjectRef {
  return { digest: { sha256: createHash('sha256').update(bytes).digest('hex') }, size: bytes.length };
}

const sha = (seed: string): string => objectRef(Buffer.from(seed)).digest.sha256;

export const artifact: Artifact = {
  purl: 'pkg:pypi/idna@3.20',
  file: 'idna-3.20-py3-none-any.whl',
  ...objectRef(wheelBytes),
};

export const recipe: Recipe = {
  schemaVersion: 1,
  by: 'inferred',
  ecosystem: 'pypi',
  source: {
    kind: 'sdist',
    file: 'idna-3.20.tar.gz',
    url: 'https://files.example/idna-3.20.tar.gz',
    digest: { sha256: sha('sdist') },
    size: 5,
  },
  environment: { kind: 'debian', suite: 'bookworm', architecture: 'amd64', packages: ['python3'] },
  clock: { sourceDateEpoch: 1_700_000_000, from: 'inferred-single' },
  registry: { protocol: 'pypi', before: '2026-10-01T00:00:00Z' },
  variables: { SOURCE_DATE_EPOCH: '1700000000' },
  files: [{ path: 'constraints.txt', text: 'flit_core==3.12.0\n' }],
  steps: [{ name: 'build', phase: 'build', run: ['python3', '-m', 'build', '--wheel'] }],
  outputs: ['dist/idna-3.20-py3-none-any.whl'],
  limits: defaultLimits,
  notes: ['Generator: flit 3.12.0'],
};

export const ran: AttemptFacts = {
  sandbox: { kind: 'bubblewrap', runtime: 'bwrap 0.8.0', unlimited: [] },
  rootfs: {
    digest: { sha256: sha('rootfs') },
    packages: [
      { name: 'libstdc++6', version: '12.2.0-14', architecture: 'amd64', sha256: sha('libstdc++6') },
      { name: 'python3', version: '3.11.2-1+b1', architecture: 'amd64', sha256: sha('python3') },
    ],
  },
  facts: (['ephemeral', 'isolated', 'network-recorded', 'cache-content-addressed'] as const).map((name) =>
    fact(name, true),
  ),
  place: workerPlace,
  startedOn: '2026-11-22T11:00:00Z',
  finishedOn: '2026-11-22T11:00:20Z',
  steps: [{ name: 'build', exitCode: 0, durationMs: 2000 }],
  log: objectRef(Buffer.from('log')),
};

export function outputOf(bytes: Uint8Array): Output {
  return { path: 'dist/idna-3.20-py3-none-any.whl', file: 'idna-3.20-py3-none-any.whl', ...objectRef(bytes) };
}

export function fact(name: FactName, value: boolean | null): Fact {
  return { name, value, basis: name === 'hosted' ? 'declared' : 'measured', evidence: 'a sample' };
}

/** A report of the wheel against `bytes`. */
export function report(result: Comparison['result'], bytes: Uint8Array): Comparison {
  return {
    schemaVersion: 1,
    result,
    a: objectRef(wheelBytes),
    b: objectRef(bytes),
    differences: [],
    differencesTotal: 0,
    findings: [],
    passes:
      result === 'equivalent'
        ? [
            {
              id: 'zip-times',
              title: 'times of zip members',
              members: ['a.py'],
              membersTotal: 1,
              fields: ['mtime'],
              bytes: 8,
            },
          ]
        : [],
    causes: [],
    cut: [],
  };
}

/** A rebuild of idna that gave the same bytes. */
export const reproduced: AttestInput & { artifact: Artifact } = {
  task: { kind: 'state' },
  visibility: 'public',
  withdrawnKeys: [],
  rebuildId: '8a6e0804-2bd0-4672-b79d-d97027f9071a',
  invocationNonce: 'n0nce',
  verdict: { kind: 'reproduced', retryable: false, detail: 'The same bytes.' },
  artifact,
  recipe,
  attempt: 1,
  output: outputOf(wheelBytes),
  ran,
  served: [
    { uri: 'https://files.example/flit_core-3.12.0.whl', sha256: sha('flit'), kind: 'file' },
    { uri: 'https://files.example/simple/flit-core/', sha256: sha('index'), kind: 'index' },
  ],
  comparisons: [],
  submitter: 'token:alice',
  submittedAt: '2026-11-22T10:59:00Z',
  facts: [],
};

/** The same, but with other bytes that two readers found equivalent. */
export const equivalent: AttestInput & { artifact: Artifact } = {
  ...reproduced,
  verdict: { kind: 'equivalent', retryable: false, detail: 'Equal but for the times.' },
  output: outputOf(otherBytes),
  comparisons: [report('equivalent', otherBytes), report('equivalent', otherBytes)],
};

export const different: AttestInput & { artifact: Artifact } = {
  ...reproduced,
  verdict: { kind: 'different', retryable: false, detail: 'They differ in 1 place.' },
  output: outputOf(otherBytes),
  comparisons: [
    {
      ...report('different', otherBytes),
      differences: [{ kind: 'content', path: ['a.py'], offset: 3 }],
      differencesTotal: 1,
    },
  ],
};
