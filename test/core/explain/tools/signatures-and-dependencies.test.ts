import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildZip } from '../../archive/build-zip.ts';
import { causeOf, compare, compareAs, Workshop } from './made.ts';

const work = new Workshop();
const jvm = ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC'];

describe('signature-inside', () => {
  const unsigned = (): Buffer => {
    work.write('jar/META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\n\r\n');
    work.write('jar/p/x.txt', 'x\n');
    work.run('touch', ['-d', '2026-01-01T00:00:00Z', 'META-INF', 'META-INF/MANIFEST.MF', 'p', 'p/x.txt'], {
      in: 'jar',
    });
    work.run('rm', ['-f', 'x.jar'], { in: 'jar' });
    work.run('zip', ['-qrX', 'x.jar', 'META-INF', 'p'], { in: 'jar' });
    return work.read('jar/x.jar');
  };
  const signed = (): Buffer => {
    const store = ['-storepass', 'changeit', '-keystore', 'keys.p12'];
    work.write('jar/signed.jar', unsigned());
    work.run('jarsigner', [...jvm, ...store, 'signed.jar', 'key'], { in: 'jar' });
    return work.read('jar/signed.jar');
  };

  it('is claimed for all that jarsigner adds, in the manifest, too; and goes where nothing is signed', async () => {
    const name = ['-dname', 'CN=t', '-keyalg', 'EC', '-alias', 'key'];
    work.run('mkdir', ['jar']);
    work.run('keytool', [...jvm, '-genkeypair', ...name, '-storepass', 'changeit', '-keystore', 'keys.p12'], {
      in: 'jar',
    });
    const compared = await compare(signed(), unsigned());
    const cause = causeOf(compared, 'signature-inside');
    expect(cause?.confidence).toBe('likely');
    expect(cause?.evidence.map(({ path }) => path[0])).toEqual([
      'META-INF/KEY.EC',
      'META-INF/KEY.SF',
      'META-INF/MANIFEST.MF',
    ]);
    expect(cause?.evidence[2]?.a).toMatch(/^SHA-(?:256|384)-Digest: /);
    expect(unsigned().equals(unsigned())).toBe(true);
  });

  it('is claimed for the signatures of a .deb, a wheel, a package of NuGet, and detached ones', async () => {
    for (const name of [
      '_gpgorigin',
      'x-1.0.dist-info/RECORD.jws',
      '.signature.p7s',
      'x.jar.asc',
      'x.tar.gz.minisig',
    ]) {
      expect(causeOf(await compareAs(name, 'one', 'two'), 'signature-inside')).toBeDefined();
    }
  });

  it('is claimed for the signature in a Mach-O, and not where the code that it signs differs, too', async () => {
    const read = (name: string) =>
      readFileSync(new URL(`../../../fixtures/binaries/${name}`, import.meta.url));
    const one = read('mach-o-one.dylib');
    const signedAnew = Buffer.from(one);
    signedAnew.writeUInt8(1 ^ (one.at(-1) ?? 0), one.byteLength - 1);
    expect(causeOf(await compare(one, signedAnew), 'signature-inside')?.confidence).toBe('likely');
    const other = await compare(one, read('mach-o-two.dylib'));
    expect(causeOf(other, 'signature-inside')).toBeUndefined();
  });

  it('is not claimed for another attribute of the manifest, beside its digests', async () => {
    const manifest = (version: string) =>
      `Manifest-Version: 1.0\nImplementation-Version: ${version}\nSHA-256-Digest: ${version}=\n`;
    const compared = await compareAs('META-INF/MANIFEST.MF', manifest('1'), manifest('2'));
    expect(causeOf(compared, 'signature-inside')).toBeUndefined();
    expect(causeOf(await compareAs('design.txt', 'one', 'two'), 'signature-inside')).toBeUndefined();
  });
});

describe('dependency-version', () => {
  const packed = (version: string): Buffer => {
    const name = `tar-${version}`;
    work.write(
      `${name}/package/node_modules/ms/package.json`,
      `{\n  "name": "ms",\n  "version": "${version}"\n}\n`,
    );
    work.run('tar', ['--owner=0', '--group=0', '--mtime=@0', '--sort=name', '-cf', 'x.tar', 'package'], {
      in: name,
    });
    return work.read(`${name}/x.tar`);
  };

  it('is claimed for a bundled package of another version, by tar, and goes where it is locked', async () => {
    const compared = await compare(packed('2.1.2'), packed('2.1.3'));
    expect(causeOf(compared, 'dependency-version')).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: '"version": "2.1.2"', b: '"version": "2.1.3"' }],
    });
    expect(packed('2.1.2').equals(packed('2.1.2'))).toBe(true);
  });

  it.each([
    [
      'Cargo.lock',
      '[[package]]\nname = "libc"\nversion = "0.2.150"\n',
      '[[package]]\nname = "libc"\nversion = "0.2.153"\nchecksum = "aa"\n',
    ],
    ['go.sum', 'golang.org/x/text v0.3.7 h1:aa=\n', 'golang.org/x/text v0.3.8 h1:bb=\n'],
    ['yarn.lock', 'ms@^2:\n  version "2.1.2"\n', 'ms@^2:\n  version "2.1.3"\n'],
    ['requirements-build.txt', 'six==1.16.0 --hash=sha256:aa\n', 'six==1.17.0 --hash=sha256:bb\n'],
  ])('is likely in %s', async (name, a, b) => {
    expect(causeOf(await compareAs(name, a, b), 'dependency-version')?.confidence).toBe('likely');
  });

  it('is claimed for another version by its name, and names both', async () => {
    const war = (jar: string) =>
      buildZip([
        { name: 'WEB-INF/web.xml', data: '<web/>' },
        { name: `WEB-INF/lib/${jar}`, data: jar },
      ]);
    const compared = await compare(war('guava-31.1.jar'), war('guava-32.0.jar'));
    expect(causeOf(compared, 'dependency-version')).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: 'WEB-INF/lib/guava-31.1.jar', b: 'WEB-INF/lib/guava-32.0.jar' }],
    });
  });

  it('is not claimed for the format of a lock file, other members, or the package itself', async () => {
    const lock = (version: number) => `# generated\nversion = ${version}\n`;
    expect(causeOf(await compareAs('Cargo.lock', lock(3), lock(4)), 'dependency-version')).toBeUndefined();
    const zip = (name: string) => buildZip([{ name, data: 'x' }]);
    for (const [a, b] of [
      ['lib/one-1.0.jar', 'lib/two-1.1.jar'],
      ['x-1.0.dist-info/METADATA', 'x-1.1.dist-info/METADATA'],
      ['part-1.png', 'part-2.png'],
    ] as const) {
      expect(causeOf(await compare(zip(a), zip(b)), 'dependency-version')).toBeUndefined();
    }
  });
});
