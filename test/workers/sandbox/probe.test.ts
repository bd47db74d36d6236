import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '#schemas/level.ts';
import type { Canary } from '#schemas/place.ts';
import { layCanary } from '#workers/place/canary-file.ts';
import { readProbe } from '#workers/sandbox/probe/confinement.ts';
import { factsOfProbe, ownNamespaces, type ProbedPlace } from '#workers/sandbox/probe/facts.ts';
import { probeBytesMax, probeCommand } from '#workers/sandbox/probe/script.ts';

let folder: string;
let canary: Canary;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-probe-'));
  canary = await layCanary(folder, 'key', 0o600);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a sandbox that holds says. */
const good = [
  'Name:\tcat',
  'Uid:\t1000\t1000\t1000\t1000',
  ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000000000`),
  'NoNewPrivs:\t1',
  'Seccomp:\t2',
  '== interfaces',
  'Inter-|   Receive                                                |  Transmit',
  ' face |bytes',
  '    lo',
  '== namespaces',
  ...['mnt', 'pid', 'net', 'ipc', 'uts'].map((name, at) => `${name} ${name}:[40265${at}]`),
  '== left',
  '/work 0',
  '/tmp 0',
  '/dev/shm 0',
  '== canaries',
  '',
].join('\n');

const place: ProbedPlace = {
  outside: { mnt: 'mnt:[1]', pid: 'pid:[2]', net: 'net:[3]', ipc: 'ipc:[4]', uts: 'uts:[5]' },
  profileSha256: 'a'.repeat(64),
  gateway: true,
  hostKernel: true,
  fresh: 'all new',
};

function facts(text: string, over: Partial<ProbedPlace> = {}): Record<string, boolean | null> {
  return Object.fromEntries(
    factsOfProbe(readProbe(text, []), { ...place, ...over }).map(({ name, value }: Fact) => [name, value]),
  );
}

const holds = { isolated: true, ephemeral: true, 'network-recorded': true };

describe('a probe', () => {
  test('run outside of any sandbox says so: not isolated, and the canary is read and written beside', async () => {
    const [file = '', ...args] = probeCommand([canary]);
    const { stdout } = await promisify(execFile)(file, args);
    const inside = readProbe(stdout, [canary]);
    expect(inside.canaries).toEqual([{ id: canary.id, from: 'sandbox', read: true, write: true }]);
    expect(await readdir(folder)).toEqual(['.assay-canary']);
    const found = factsOfProbe(inside, { ...place, outside: await ownNamespaces() });
    expect(found.find(({ name }) => name === 'isolated')).toMatchObject({ value: false });
    expect(found.find(({ name }) => name === 'network-recorded')).toMatchObject({ value: false });
  });

  test('where a sandbox holds, states three facts', () => {
    expect(facts(good)).toEqual(holds);
  });

  test.each([
    ['a capability', 'CapEff:\t0000000000000000', 'CapEff:\t0000000000000001', { isolated: false }],
    ['new privileges', 'NoNewPrivs:\t1', 'NoNewPrivs:\t0', { isolated: false }],
    ['no seccomp filter', 'Seccomp:\t2', 'Seccomp:\t0', { isolated: false }],
    ['another user', '1000\t1000\t1000\t1000', '1000\t0\t1000\t1000', { isolated: false }],
    ['the host’s pid namespace', 'pid:[402651]', 'pid:[2]', { isolated: false }],
    ['a namespace that is not told', 'ipc ipc:[402653]', 'ipc ', { isolated: false }],
    ['the host’s network', 'net:[402652]', 'net:[3]', { isolated: false, 'network-recorded': false }],
    ['a second interface', '    lo', '    lo\n  eth0', { 'network-recorded': false }],
    ['something left in /work', '/work 0', '/work 3', { ephemeral: false }],
    ['something left in /dev/shm', '/dev/shm 0', '/dev/shm 1', { ephemeral: false }],
  ])('that finds %s denies what that breaks', (_, before, after, denied) => {
    expect(good).toContain(before);
    expect(facts(good.replace(before, after))).toEqual({ ...holds, ...denied });
  });

  test('of gVisor is not asked for the filters and namespaces of the host’s kernel', () => {
    const text = good.replace('Seccomp:\t2', 'Seccomp:\t0').replace('net net:[402652]', 'net ');
    expect(facts(text, { hostKernel: false })).toEqual(holds);
  });

  test('that says nothing, or whatever it likes, never states a fact it did not show', () => {
    expect(facts('')).toEqual({ isolated: false, ephemeral: null, 'network-recorded': null });
    const line = fc.constantFrom(
      '== left',
      '== namespaces',
      '== canaries',
      '/work 0',
      'lo',
      'Seccomp:\t2',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        expect(facts(lines.join('\n'))['isolated']).toBe(false);
        for (const done of readProbe(lines.join('\n'), [canary]).canaries) expect(done.read).toBe(false);
      }),
    );
  });

  test('prints no more than a report may hold, whatever it is given', async () => {
    const [file = '', ...args] = probeCommand(Array.from({ length: 32 }, () => canary));
    const { stdout } = await promisify(execFile)(file, args);
    expect(stdout.length).toBeLessThan(probeBytesMax);
  });
});
