import { expect, test } from 'vitest';
import { environmentKey, packagesOf } from '#workers/rootfs/environment-key.ts';
import { parseDebName } from '#workers/rootfs/kept-packages.ts';
import { sourcesFromIndexTargets } from '#workers/rootfs/mirrors.ts';

const environment = {
  kind: 'debian',
  suite: 'bookworm',
  architecture: 'amd64',
  packages: ['make', 'gcc'],
} as const;

test('every root file system has what the sandboxes need inside', () => {
  expect(packagesOf({ packages: ['gcc', 'socat'] })).toEqual([
    'bubblewrap',
    'ca-certificates',
    'gcc',
    'socat',
  ]);
});

test('what is asked for is known by its packages, in any order', () => {
  const asked = environmentKey({ ...environment, packages: ['make', 'gcc'] });
  expect(environmentKey({ ...environment, packages: ['gcc', 'make', 'gcc'] })).toBe(asked);
  expect(environmentKey({ ...environment, packages: ['gcc'] })).not.toBe(asked);
  expect(environmentKey({ ...environment, packages: [], architecture: 'arm64' })).not.toBe(asked);
});

test('the version of a package is read from its file name, with its epoch', () => {
  expect(parseDebName('libgcc-s1_12.2.0-14+deb12u1_amd64.deb')).toEqual({
    name: 'libgcc-s1',
    version: '12.2.0-14+deb12u1',
    architecture: 'amd64',
  });
  expect(parseDebName('zlib1g_1%3a1.2.13.dfsg-1_amd64.deb')?.version).toBe('1:1.2.13.dfsg-1');
  for (const name of ['lock', 'partial', '../x_1_all.deb', 'a_b_c_d.deb'])
    expect(parseDebName(name)).toBeUndefined();
});

test("of a host's package sources, only Debian's main of the suite, its updates and its security are used", () => {
  const text = [
    'http://mirror.example/debian/ bookworm main',
    'http://mirror.example/debian/ bookworm contrib',
    'http://mirror.example/debian/ bookworm main',
    'http://mirror.example/debian-security/ bookworm-security main',
    'https://node.example/node_22.x nodistro main',
    'http://mirror.example/debian/ trixie main',
  ].join('\n');
  expect(sourcesFromIndexTargets(text, 'bookworm')).toEqual([
    'deb http://mirror.example/debian-security/ bookworm-security main',
    'deb http://mirror.example/debian/ bookworm main',
  ]);
  expect(sourcesFromIndexTargets('http://mirror.example/debian/ bookworm-updates main', 'bookworm')).toEqual(
    [],
  );
});
