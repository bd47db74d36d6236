import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildTar } from '../../archive/build-tar.ts';
import { causeOf, compare, fixture, Workshop } from './made.ts';

/** Packages by npm and cargo, made by test/fixtures/tools/make.sh. */

const work = new Workshop();

describe('npm-version', () => {
  it('is claimed for one package packed by npm 6 and by npm 9 on one Node, and proposes the npm of a', async () => {
    const compared = await compare(fixture('npm6-node16.tgz'), fixture('npm9-node16.tgz'));
    expect(causeOf(compared, 'npm-version')).toMatchObject({
      confidence: 'likely',
      evidence: [
        { field: 'gzip_os', a: '3 (Unix): npm 6 or older', b: '255 (unknown): npm 7 or newer' },
        { field: 'gzip_xfl', a: '0: npm 6 or older', b: '2: npm 7 or newer' },
      ],
      change: { kind: 'tool', name: 'npm', version: '6' },
    });
    const other = await compare(fixture('npm9-node16.tgz'), fixture('npm6-node16.tgz'));
    expect(causeOf(other, 'npm-version')?.change).toEqual({ kind: 'tool', name: 'npm', version: '10' });
    expect(causeOf(compared, 'built-on-another-system')).toBeUndefined();
  });

  it('is not claimed for npm 9 on Node 16 and npm 10 on Node 22, whose zlib makes other bytes', async () => {
    const compared = await compare(fixture('npm9-node16.tgz'), fixture('npm10-node22.tgz'));
    expect(compared.causes.map(({ id }) => id)).toEqual(['compressor']);
  });

  it('is not claimed for a tarball that is no package of npm', async () => {
    const tar = buildTar([{ name: 'other/package.json', data: '{}' }]);
    const npm = (file: string) => {
      const bytes = gzipSync(tar);
      fixture(file).copy(bytes, 0, 0, 10);
      return bytes;
    };
    const compared = await compare(npm('npm6-node16.tgz'), npm('npm9-node16.tgz'));
    expect(causeOf(compared, 'npm-version')).toBeUndefined();
  });

  it('goes where one npm packs: npm 9 on Node 16 and npm 10 on Node 22 write the same header and the same tar', () => {
    const [a, b] = [fixture('npm9-node16.tgz'), fixture('npm10-node22.tgz')];
    expect(a.subarray(0, 10)).toEqual(b.subarray(0, 10));
    expect(gunzipSync(a)).toEqual(gunzipSync(b));
  });
});

describe('cargo-version', () => {
  it('is claimed for one crate packaged by cargo 0.66 and 1.95, with what was spelled out', async () => {
    const compared = await compare(fixture('cargo-0.66.crate'), fixture('cargo-1.95.crate'));
    const cause = causeOf(compared, 'cargo-version');
    expect(cause).toMatchObject({ confidence: 'likely' });
    expect(cause?.evidence[0]).toMatchObject({ path: ['tiny-fixture-1.0.0/Cargo.toml'], a: null });
    expect(cause?.evidence[0]?.b).toContain('autobins = false');
    const of = (name: string) => compared.differences.find(({ path }) => path[0]?.endsWith(name))?.cause;
    expect([of('/Cargo.lock'), of('/.cargo_vcs_info.json')]).toEqual(['cargo-version', 'cargo-version']);
  });

  it('is not claimed where Cargo.toml says something else, or only a file is missing', async () => {
    const tar = gunzipSync(fixture('cargo-1.95.crate'));
    const other = Buffer.from(
      tar.toString('latin1').replace('edition = "2021"', 'edition = "2018"'),
      'latin1',
    );
    expect(causeOf(await compare(gzipSync(tar), gzipSync(other)), 'cargo-version')).toBeUndefined();
    const crate = (names: string[]) =>
      buildTar(names.map((name) => ({ name: `x-1.0.0/${name}`, data: 'x' })));
    const missing = await compare(crate(['src/lib.rs', 'Cargo.lock']), crate(['src/lib.rs']));
    expect(causeOf(missing, 'cargo-version')).toBeUndefined();
  });
});

describe('tool-version', () => {
  const text = (lines: string[]) => Buffer.from(lines.join('\n'));
  const wheel = (generator: string) =>
    buildTar([
      {
        name: 'x.dist-info/WHEEL',
        data: text(['Wheel-Version: 1.0', generator, 'Root-Is-Purelib: true', '']),
      },
    ]);

  it.each([
    ['Generator: bdist_wheel (0.37.1)', 'Generator: bdist_wheel (0.45.0)', 'wheel', '0.37.1'],
    ['Generator: setuptools (75.1.0)', 'Generator: setuptools (80.9.0)', 'setuptools', '75.1.0'],
    ['Generator: hatchling 1.21.0', 'Generator: hatchling 1.24.2', 'hatchling', '1.21.0'],
    ['Generator: flit 3.9.0', 'Generator: flit 3.10.1', 'flit', '3.9.0'],
    ['Generator: poetry-core 1.9.0', 'Generator: poetry-core 2.1.3', 'poetry-core', '1.9.0'],
    ['Generator: maturin (1.7.0)', 'Generator: maturin (1.8.3)', 'maturin', '1.7.0'],
    ['Generator: bdist_wheel (0.37.1)', 'Generator: setuptools (75.1.0)', 'wheel', '0.37.1'],
  ])('proposes the backend of %s instead of %s', async (a, b, name, version) => {
    expect((await compare(wheel(a), wheel(b))).causes).toEqual([
      expect.objectContaining({
        id: 'tool-version',
        confidence: 'likely',
        evidence: [expect.objectContaining({ offset: 19, a, b })],
        change: { kind: 'tool', name, version },
      }),
    ]);
  });

  it.each([
    ['// Generated by CoffeeScript 2.7.0', '// Generated by CoffeeScript 1.12.7', 'coffeescript'],
    ['/*! esbuild v0.19.2 */', '/*! esbuild v0.21.5 */', 'esbuild'],
    ['// \tprotoc        v3.21.12', '// \tprotoc        v4.25.1', 'protoc'],
    ['// \tprotoc-gen-go v1.28.1', '// \tprotoc-gen-go v1.34.0', 'protoc-gen-go'],
    ['/* Generated by Cython 0.29.32 */', '/* Generated by Cython 3.0.10 */', 'cython'],
    [
      '/* A Bison parser, made by GNU Bison 3.8.2.  */',
      '/* A Bison parser, made by GNU Bison 3.7.4.  */',
      'bison',
    ],
    [
      '# Generated by GNU Autoconf 2.71 for x 1.0.',
      '# Generated by GNU Autoconf 2.69 for x 1.0.',
      'autoconf',
    ],
    ['Tool: Bnd-6.3.1.202206071316', 'Tool: Bnd-6.4.0.202211291949', 'bnd'],
    ['Created-By: Maven JAR Plugin 3.3.0', 'Created-By: Maven JAR Plugin 3.4.1', 'maven jar plugin'],
    ['Created-By: Apache Maven 3.8.1', 'Created-By: Apache Maven 3.9.9', 'apache maven'],
    ['  "_npmVersion": "6.14.18"', '  "_npmVersion": "9.9.4"', 'npm'],
  ])('knows %s', async (a, b, name) => {
    const file = (line: string) => buildTar([{ name: 'made.txt', data: text(['first', line, 'last']) }]);
    expect(causeOf(await compare(file(a), file(b)), 'tool-version')).toMatchObject({
      evidence: [{ path: ['made.txt'], offset: 6, a, b }],
      change: { kind: 'tool', name },
    });
  });

  it('is told where one file has more lines than the other', async () => {
    const file = (lines: string[]) => buildTar([{ name: 'made.js', data: text(lines) }]);
    const compared = await compare(
      file(['// Generated by CoffeeScript 2.7.0', 'x', '']),
      file(['// Generated by CoffeeScript 2.6.1', 'var x', 'x', '']),
    );
    expect(causeOf(compared, 'tool-version')).toBeDefined();
  });

  it.each([
    ['version: 1.2', 'version: 1.3'],
    ['Generated by hand on day 3', 'Generated by hand on day 4'],
    ['Generator: hatchling 1.21.0', 'Root: 1.24.2'],
    ['made with 2 eggs', 'made with 3 eggs'],
    ['Tool: a hammer', 'Tool: a saw'],
  ])('is not claimed for %s and %s', async (a, b) => {
    const file = (line: string) => buildTar([{ name: 'made.txt', data: `${line}\n` }]);
    expect(causeOf(await compare(file(a), file(b)), 'tool-version')).toBeUndefined();
  });

  it('goes where the same backend makes it: METADATA and WHEEL say nothing else of the tool', async () => {
    const zip = (generator: string) => {
      const folder = generator.replaceAll(/\W/g, '');
      work.write(`${folder}/x.dist-info/WHEEL`, `Wheel-Version: 1.0\n${generator}\n`);
      work.run('touch', ['-d', '@0', 'x.dist-info/WHEEL', 'x.dist-info'], { in: folder });
      work.run('zip', ['-Xqr', 'x.whl', 'x.dist-info'], { in: folder });
      return work.read(`${folder}/x.whl`);
    };
    const pinned = zip('Generator: hatchling 1.21.0');
    expect((await compare(pinned, zip('Generator: hatchling 1.24.2'))).causes[0]?.id).toBe('tool-version');
    expect(zip('Generator: hatchling 1.21.0').equals(pinned)).toBe(true);
  });
});
