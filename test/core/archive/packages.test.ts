import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { Workshop } from '#test/core/explain/tools/made.ts';
import { buildZip } from './build-zip.ts';

const workshop = new Workshop();

async function read(name: string) {
  const bytes = workshop.read(name);
  const { formats, members, findings, cut, texts } = await readFacts(memorySource(bytes), {
    texts: ['**/Cargo.toml', '**/package.json', '**/MANIFEST.MF', 'hello.nuspec'],
    nestedDigests: true,
  });
  return { formats, names: members.map((member) => member.path.join('/')), findings, cut, texts };
}

describe('every byte has an owner in what real tools pack', () => {
  it('a .crate of cargo package', async () => {
    const crate = new URL('../../fixtures/tools/cargo-1.95.crate', import.meta.url);
    workshop.write('hello.crate', readFileSync(crate));
    const { formats, names, findings, cut } = await read('hello.crate');
    expect({ formats, findings, cut }).toEqual({ formats: ['gzip', 'tar'], findings: [], cut: [] });
    expect(names.some((name) => name.endsWith('/Cargo.toml'))).toBe(true);
  });

  it('an npm .tgz of npm pack', async () => {
    workshop.write('npm/package.json', '{"name":"hello","version":"1.0.0"}\n');
    workshop.write('npm/index.js', 'module.exports = 1;\n');
    workshop.run('npm', ['pack', '--silent', '--offline', '--ignore-scripts'], { in: 'npm' });
    const { formats, names, findings, cut } = await read('npm/hello-1.0.0.tgz');
    expect({ formats, findings, cut }).toEqual({ formats: ['gzip', 'tar'], findings: [], cut: [] });
    expect(names).toEqual(expect.arrayContaining(['package/package.json', 'package/index.js']));
  });

  it('a .jar of jar, and a .war that holds it', async () => {
    workshop.write('jar/a/A.txt', 'hello\n');
    workshop.run('jar', ['cf', 'inner.jar', '-C', 'jar', '.']);
    workshop.write('war/WEB-INF/lib/inner.jar', workshop.read('inner.jar'));
    workshop.run('jar', ['cf', 'outer.war', '-C', 'war', '.']);
    const { formats, names, findings, cut } = await read('outer.war');
    expect({ formats, findings, cut }).toEqual({ formats: ['zip'], findings: [], cut: [] });
    expect(names).toContain('WEB-INF/lib/inner.jar/a/A.txt');
  });

  it.each(['gzip', 'xz', 'zstd'])('a .deb of dpkg-deb with %s', async (compression) => {
    workshop.write(
      'deb/DEBIAN/control',
      'Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: x\n',
    );
    workshop.write('deb/usr/share/hello', 'hello\n');
    workshop.run('dpkg-deb', [`-Z${compression}`, '--root-owner-group', '-b', 'deb', `${compression}.deb`]);
    const { formats, names, findings, cut } = await read(`${compression}.deb`);
    expect({ formats, findings, cut }).toEqual({ formats: ['ar'], findings: [], cut: [] });
    expect(names.some((name) => name.endsWith('/./usr/share/hello'))).toBe(true);
  });

  it('a zip of zip, a tar.bz2 of tar and bzip2', async () => {
    workshop.write('files/one.txt', 'one\n'.repeat(100));
    workshop.write('files/deep/two.txt', 'two\n');
    workshop.run('zip', ['-q', '-r', 'files.zip', 'files']);
    workshop.run('tar', ['-cjf', 'files.tar.bz2', 'files']);
    const zip = await read('files.zip');
    const bzip2 = await read('files.tar.bz2');
    expect([zip.findings, bzip2.findings, zip.formats, bzip2.formats]).toEqual([
      [],
      [],
      ['zip'],
      ['bzip2', 'tar'],
    ]);
    expect(zip.names.filter((name) => !name.endsWith('/')).sort()).toEqual(
      bzip2.names.filter((name) => name !== '' && !name.endsWith('/')).sort(),
    );
  });

  it('a .nupkg, which is a zip with parts of its own', async () => {
    const parts = ['_rels/.rels', '[Content_Types].xml', 'hello.nuspec', 'lib/net8.0/hello.dll'];
    const nupkg = buildZip(
      parts.map((name) => ({ name, data: `<${name}/>`, method: 8 as const, system: 0 })),
    );
    workshop.write('hello.1.0.0.nupkg', nupkg);
    const { names, findings, texts } = await read('hello.1.0.0.nupkg');
    expect({ names, findings }).toEqual({ names: parts, findings: [] });
    expect(Object.keys(texts)).toEqual(['hello.nuspec']);
  });
});
