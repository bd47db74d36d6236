import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  builderOfAttempt,
  idsOfDeployment,
  isolationModeOf,
  isolationModes,
  verifierIdOf,
} from '#core/statement/builder-id.ts';
import { builder, ran } from '#test/harness/samples/attest-input.ts';

const inSandbox = (kind: 'bubblewrap' | 'docker', runtime: string) => ({
  sandbox: { kind, runtime, unlimited: [] },
});

describe('the builder id of an attempt', () => {
  test.each([
    ['bubblewrap', inSandbox('bubblewrap', 'bwrap 0.8.0')],
    ['docker-runc', inSandbox('docker', 'runc, Docker Engine 28.2.2')],
    ['docker-runsc', inSandbox('docker', 'runsc, Docker Engine 28.2.2')],
    ['docker-other', inSandbox('docker', 'runc-of-mine, Docker Engine 28.2.2')],
    ['docker-other', inSandbox('docker', '')],
    ['none', undefined],
  ] as const)('ends in %s, the way in which it was isolated', (mode, attempt) => {
    expect(builderOfAttempt(builder, attempt)).toEqual({ ...builder, id: `${builder.id}/${mode}` });
  });

  test('differs for each isolation mode and each deployment', () => {
    const ids = ['https://a.example', 'https://a.example/b', 'https://c.example'].flatMap(idsOfDeployment);
    expect(new Set(ids).size).toBe(3 * (isolationModes.length + 1));
  });

  test('is the same whether or not the operator wrote a slash at the end', () => {
    expect(builderOfAttempt({ id: 'https://a.example/' }, ran).id).toBe('https://a.example/bubblewrap');
  });

  test('is one of the deployment’s closed list, whatever the engine calls its runtime', () => {
    const ids = idsOfDeployment(builder.id);
    fc.assert(
      fc.property(fc.constantFrom('bubblewrap', 'docker'), fc.string(), (kind, runtime) => {
        const attempt = inSandbox(kind, runtime);
        expect(isolationModes).toContain(isolationModeOf(attempt));
        expect(ids).toContain(builderOfAttempt(builder, attempt).id);
      }),
    );
  });
});

test('a summary is signed under an id of its own, so that no builder is mistaken for a verifier', () => {
  expect(verifierIdOf(builder.id)).toBe(`${builder.id}/verifier`);
  expect(idsOfDeployment(builder.id)).toContain(verifierIdOf(builder.id));
});
