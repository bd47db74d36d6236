import { describe, expect, it } from 'vitest';
import { otherCompression } from '#core/explain/compressed-names.ts';
import { buildTar } from '../../archive/build-tar.ts';
import { buildZip } from '../../archive/build-zip.ts';
import { causeOf, compare, Workshop } from './made.ts';

const work = new Workshop();

/** A .deb by dpkg-deb. */
function deb(version: string): Buffer {
  const control = `Package: x\nVersion: ${version}\nArchitecture: all\nMaintainer: A <a@b.test>\nDescription: x\n`;
  work.write('deb/DEBIAN/control', control);
  work.run('dpkg-deb', ['--root-owner-group', '-b', 'deb', 'x.deb'], { env: { SOURCE_DATE_EPOCH: '1' } });
  return work.read('x.deb');
}

const zipOf = (name: string, data: string) => buildZip([{ name, data }]);
const tarOf = (name: string, data: string) => buildTar([{ name, data }]);

/** A .deb by dpkg-deb with one file and the list of its digest. */
function listed(text: string, sum: string): Buffer {
  work.write(
    'listed/DEBIAN/control',
    'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b.test>\nDescription: x\n',
  );
  work.write('listed/DEBIAN/md5sums', `${sum}  usr/share/x\n${'0'.repeat(32)}  usr/share/same\n`);
  work.write('listed/usr/share/x', text);
  work.run('dpkg-deb', ['--root-owner-group', '-b', 'listed', 'l.deb'], { env: { SOURCE_DATE_EPOCH: '1' } });
  return work.read('l.deb');
}

describe('digest-follows', () => {
  const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];

  it('is the cause of md5sums of a .deb, where the files differ that it lists', async () => {
    const compared = await compare(listed('red\n', one), listed('blue\n', other));
    expect(causeOf(compared, 'digest-follows')?.evidence).toMatchObject([
      { path: ['control.tar.xz', './md5sums'] },
    ]);
  });

  it('is not claimed where a digest differs and its file does not', async () => {
    const compared = await compare(listed('red\n', one), listed('red\n', other));
    expect(compared.differences).toHaveLength(1);
    expect(causeOf(compared, 'digest-follows')).toBeUndefined();
  });
});

describe('compressor', () => {
  it('is claimed for the members of a .deb that dpkg-deb compressed otherwise, by their names', async () => {
    listed('red\n', 'a'.repeat(32));
    const [xz, zstd] = ['xz', 'zstd'].map((by) => {
      work.run('dpkg-deb', ['--root-owner-group', `-Z${by}`, '-b', 'listed', `${by}.deb`], {
        env: { SOURCE_DATE_EPOCH: '1' },
      });
      return work.read(`${by}.deb`);
    });
    const compared = await compare(xz ?? Buffer.of(), zstd ?? Buffer.of());
    expect(compared.causes[0]).toMatchObject({ id: 'compressor', confidence: 'likely' });
    expect(compared.causes[0]?.evidence[0]).toMatchObject({ a: 'compressed: xz', b: 'compressed: zst' });
  });

  it('is not claimed for another name with another ending', () => {
    expect(otherCompression('data.tar.xz', 'more.tar.zst')).toBeUndefined();
    expect(otherCompression('data.tar.xz', 'data.tar.xz')).toBeUndefined();
    expect(otherCompression('data.tar', 'data.tar.gz')).toEqual({
      a: 'compressed: none',
      b: 'compressed: gz',
    });
  });
});

describe('package-release', () => {
  it('is the first cause of two .deb of other versions', async () => {
    const compared = await compare(deb('1.0-1'), deb('1.0-2'));
    expect(compared.causes[0]).toMatchObject({
      id: 'package-release',
      confidence: 'likely',
      evidence: [{ a: 'version 1.0-1', b: 'version 1.0-2' }],
    });
  });

  it.each([
    [
      'a wheel',
      zipOf,
      'x-1.dist-info/METADATA',
      (v: string) => `Metadata-Version: 2.1\nName: x\nVersion: ${v}\n`,
    ],
    ['an sdist', tarOf, 'x-1/PKG-INFO', (v: string) => `Metadata-Version: 2.1\nName: x\nVersion: ${v}\n`],
    [
      'an npm package',
      tarOf,
      'package/package.json',
      (v: string) => JSON.stringify({ name: 'x', version: v }),
    ],
    ['a crate', tarOf, 'x-1/Cargo.toml', (v: string) => `[package]\nname = "x"\nversion = "${v}"\n`],
    [
      'a jar',
      zipOf,
      'META-INF/MANIFEST.MF',
      (v: string) => `Manifest-Version: 1.0\r\nImplementation-Version: ${v}\r\n`,
    ],
    [
      'a NuGet package',
      zipOf,
      'x.nuspec',
      (v: string) => `<package><metadata><id>x</id><version>${v}</version></metadata></package>`,
    ],
  ])('is known in %s, and leaves out guesses', async (_what, pack, name, text) => {
    const compared = await compare(pack(name, text('1.2.3')), pack(name, text('1.2.4')));
    expect(compared.causes.map(({ id }) => id)).toEqual(['package-release']);
    expect(compared.causes[0]?.evidence).toMatchObject([{ a: 'version 1.2.3', b: 'version 1.2.4' }]);
  });

  it('is not claimed for a version from the state of a checkout, or of a package in the package', async () => {
    const metadata = (v: string) =>
      zipOf('x-1.dist-info/METADATA', `Metadata-Version: 2.1\nName: x\nVersion: ${v}\n`);
    const state = await compare(metadata('1.2.3'), metadata('1.2.4.dev0+g1a2b3c4'));
    expect(causeOf(state, 'package-release')).toBeUndefined();
    expect(causeOf(state, 'version-from-git')).toBeDefined();
    const inner = (v: string) => JSON.stringify({ name: 'y', version: v });
    const nested = await compare(
      tarOf('package/node_modules/y/package.json', inner('1.0.0')),
      tarOf('package/node_modules/y/package.json', inner('1.0.1')),
    );
    expect(causeOf(nested, 'package-release')).toBeUndefined();
    expect(causeOf(nested, 'dependency-version')).toBeDefined();
  });
});
