import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causeOf, compare, fixture, Workshop } from './made.ts';

/** Shared libraries by gcc; objects by rustc and sections of programs by go, made by test/fixtures/tools/make.sh. */

const work = new Workshop();

/** Programs by clang, lld and Python, made by test/fixtures/binaries/make.sh. */
const binary = (name: string): Buffer =>
  readFileSync(new URL(`../../../fixtures/binaries/${name}`, import.meta.url));

/** Builds `source` as a shared library in a folder of its own, by the absolute path of the source. */
function library(folder: string, flags: readonly string[], source = 'int one(void) { return 1; }\n'): Buffer {
  work.write(`${folder}/x.c`, source);
  const flag = (text: string) => text.replace('$PWD', work.path(folder));
  work.run('gcc', ['-shared', '-fPIC', ...flags.map(flag), '-o', 'x.so', work.path(`${folder}/x.c`)], {
    in: folder,
  });
  return work.read(`${folder}/x.so`);
}

function stripped(folder: string): Buffer {
  work.run('strip', ['-o', 'stripped.so', 'x.so'], { in: folder });
  return work.read(`${folder}/stripped.so`);
}

describe('debug-path', () => {
  it('is claimed for the folder that gcc -g writes, and proposes the folder of a', async () => {
    const compared = await compare(library('one', ['-g']), library('two', ['-g']));
    expect(causeOf(compared, 'debug-path')).toMatchObject({
      confidence: 'likely',
      evidence: expect.arrayContaining([
        expect.objectContaining({ a: work.path('one/x.c'), b: work.path('two/x.c') }),
      ]) as unknown,
      change: { kind: 'build-path', path: work.path('one') },
    });
    expect(compared.differences[0]?.cause).toBe('debug-path');
  });

  it('is claimed for the folder that rustc -g writes', async () => {
    const compared = await compare(fixture('rustc-one.o'), fixture('rustc-two.o'));
    expect(causeOf(compared, 'debug-path')?.change).toEqual({ kind: 'build-path', path: '/build/one' });
  });

  it('is claimed for the path that Python compiles into code objects', async () => {
    const compared = await compare(binary('python-3.12-one.pyc'), binary('python-3.12-path.pyc'));
    expect(causeOf(compared, 'debug-path')?.evidence[0]).toMatchObject({ a: 'one/m.py', b: 'two/m.py' });
    expect(causeOf(compared, 'debug-path')?.change).toBeUndefined();
  });

  it('is not claimed for two sources of other names, or for a path in the data', async () => {
    const other = fixture('rustc-one.o').toString('latin1').replaceAll('/lib.rs', '/two.rs');
    const compared = await compare(fixture('rustc-one.o'), Buffer.from(other, 'latin1'));
    expect(causeOf(compared, 'debug-path')).toBeUndefined();
    const data = (folder: string) =>
      library('data', ['-Wl,--build-id=none', '-s'], `const char *at(void) { return "/${folder}/x.c"; }\n`);
    const inData = await compare(data('srv/one'), data('srv/two'));
    expect(causeOf(inData, 'debug-path')).toBeUndefined();
    expect(causeOf(inData, 'build-path')).toBeDefined();
  });

  it('goes with -ffile-prefix-map and with --remap-path-prefix', () => {
    const flags = ['-g', '-ffile-prefix-map=$PWD=.'];
    expect(library('one', flags).equals(library('two', flags))).toBe(true);
    expect(fixture('rustc-mapped-one.o').equals(fixture('rustc-mapped-two.o'))).toBe(true);
  });
});

describe('build-id', () => {
  it('is likely where it alone differs: two folders in debug information that was stripped', async () => {
    library('one', ['-g']);
    library('two', ['-g']);
    const compared = await compare(stripped('one'), stripped('two'));
    expect(compared.causes).toEqual([
      expect.objectContaining({
        id: 'build-id',
        confidence: 'likely',
        evidence: [
          expect.objectContaining({
            a: expect.stringMatching(
              /^section \.note\.gnu\.build-id: [0-9a-f]{40}, and nothing else/,
            ) as string,
          }),
        ],
      }),
    ]);
  });

  it('is possible, and the last cause, where other bytes differ that nothing explains', async () => {
    const [one, two] = ['int one(void) { return 1; }\n', 'int one(void) { return 2; }\n'];
    const code = await compare(library('one', [], one), library('two', [], two));
    expect(code.causes.at(-1)).toMatchObject({ id: 'build-id', confidence: 'possible' });
  });

  it('is not told where it follows from a cause that is likely', async () => {
    const path = await compare(library('one', ['-g']), library('two', ['-g']));
    expect(path.causes.map(({ id }) => id)).toEqual(['debug-path', 'build-path']);
    const versions = await compare(fixture('go-1.25.4.elf'), fixture('go-1.26.8.elf'));
    expect(causeOf(versions, 'build-id')).toBeUndefined();
    expect(versions.causes[0]?.id).toBe('compiler-version');
  });

  it('is claimed for that of Go, where it alone differs', async () => {
    const built = fixture('go-1.26.8.elf').toString('latin1');
    const id = /Go\0\0(?<id>[\w-]{20}\/[\w-]{20})/.exec(built)?.groups?.['id'] ?? '';
    const other = built.replace(id, [...id].reverse().join(''));
    const compared = await compare(Buffer.from(built, 'latin1'), Buffer.from(other, 'latin1'));
    expect(causeOf(compared, 'build-id')).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: expect.stringMatching(/^section \.note\.go\.buildid: [\w-]{20}\//) as string }],
    });
  });

  it('is not claimed where both have the same, or none', async () => {
    const none = ['-Wl,--build-id=none'];
    const compared = await compare(
      library('one', none),
      library('two', none, 'int one(void) { return 2; }\n'),
    );
    expect(compared.result).toBe('different');
    expect(causeOf(compared, 'build-id')).toBeUndefined();
  });

  it('goes with --build-id=none, and with mapped paths', () => {
    for (const flags of [
      ['-g', '-Wl,--build-id=none'],
      ['-g', '-ffile-prefix-map=$PWD=.'],
    ]) {
      const [one, two] = ['one', 'two'].map((folder) => {
        library(folder, flags);
        return stripped(folder);
      });
      expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
    }
  });
});

describe('build-id of other systems', () => {
  it.each([
    ['mach-o-one.dylib', 'mach-o-two.dylib', 'load command LC_UUID'],
    ['pe-one.dll', 'pe-two.dll', 'debug CodeView GUID'],
  ])('is not told in %s and %s, where paths differ, which the report shows beside it', async (a, b, part) => {
    const compared = await compare(binary(a), binary(b));
    expect(causeOf(compared, 'build-id')).toBeUndefined();
    expect(causeOf(compared, 'build-path')?.confidence).toBe('likely');
    expect(compared.differences[0]?.inside?.parts.some(({ name }) => name.startsWith(part))).toBe(true);
  });

  it('is likely in a Mach-O where it alone differs', async () => {
    const one = binary('mach-o-one.dylib');
    const two = Buffer.from(one);
    const at = one.indexOf(Buffer.from('4c4c440c55553144a1b95f53c15f6c67', 'hex'));
    two.writeUInt8(one.readUInt8(at) ^ 1, at);
    const { causes } = await compare(one, two);
    expect(causes).toEqual([expect.objectContaining({ id: 'build-id', confidence: 'likely' })]);
  });
});

describe('compiler-version', () => {
  it('is claimed for another clang in the producers of a WebAssembly module', async () => {
    const compared = await compare(binary('wasm-one.wasm'), binary('wasm-two.wasm'));
    expect(causeOf(compared, 'compiler-version')?.change).toEqual({
      kind: 'tool',
      name: 'clang',
      version: '14.0.6',
    });
  });

  it('is claimed for two releases of rustc, and proposes that of a', async () => {
    const compared = await compare(fixture('rustc-1.95.o'), fixture('rustc-1.97.o'));
    expect(causeOf(compared, 'compiler-version')).toMatchObject({
      confidence: 'likely',
      change: { kind: 'tool', name: 'rustc', version: '1.95.0' },
    });
  });

  it('is claimed for two releases of Go, by its build information', async () => {
    const compared = await compare(fixture('go-1.25.4.elf'), fixture('go-1.26.8.elf'));
    expect(causeOf(compared, 'compiler-version')).toMatchObject({
      evidence: [expect.objectContaining({ a: 'go1.25.4', b: 'go1.26.8' })],
      change: { kind: 'tool', name: 'go', version: '1.25.4' },
    });
  });

  it('is claimed for another gcc in .comment', async () => {
    const one = library('one', []);
    const [version] = /GCC: \([^)]*\) ([\d.]+)/.exec(one.toString('latin1'))?.slice(1) ?? [''];
    const two = Buffer.from(
      one.toString('latin1').replaceAll(`) ${version}`, `) 3${version?.slice(1)}`),
      'latin1',
    );
    expect(causeOf(await compare(one, two), 'compiler-version')?.change).toEqual({
      kind: 'tool',
      name: 'gcc',
      version,
    });
  });

  it('is not claimed where one compiler made both, and what differs goes with the same source', async () => {
    const compared = await compare(library('one', []), library('two', [], 'int one(void) { return 2; }\n'));
    expect(causeOf(compared, 'compiler-version')).toBeUndefined();
    expect(library('one', []).equals(library('two', []))).toBe(true);
  });
});

describe('compiler-options', () => {
  it('is claimed for -O0 and -O2, by what gcc writes into DW_AT_producer', async () => {
    const compared = await compare(library('one', ['-g', '-O0']), library('one', ['-g', '-O2']));
    expect(causeOf(compared, 'compiler-options')).toMatchObject({ evidence: [{ a: '-O0', b: '-O2' }] });
  });

  it('is claimed where one side is stripped', async () => {
    const compared = await compare(library('one', ['-g']), stripped('one'));
    expect(causeOf(compared, 'compiler-options')).toMatchObject({ evidence: [{ b: 'stripped of them' }] });
  });

  it('is not claimed for another path or processor', async () => {
    const path = await compare(library('one', ['-g']), library('two', ['-g']));
    expect(causeOf(path, 'compiler-options')).toBeUndefined();
    const machine = await compare(library('one', ['-g']), library('one', ['-g', '-mtune=intel']));
    expect(causeOf(machine, 'compiler-options')).toBeUndefined();
    expect(causeOf(machine, 'floating-point-or-architecture')?.confidence).toBe('likely');
  });

  it('goes with the same options', () => {
    expect(library('one', ['-g', '-O2']).equals(library('one', ['-g', '-O2']))).toBe(true);
  });
});

describe('link-order', () => {
  const linked = (objects: readonly string[]): Buffer => {
    for (const name of ['a', 'b', 'c']) {
      work.write(`link/${name}.c`, `int f_${name}(int x) { return x * ${name.codePointAt(0)}; }\n`);
      work.run('gcc', ['-O2', '-fPIC', '-c', `${name}.c`], { in: 'link' });
    }
    work.run('gcc', ['-shared', '-o', 'x.so', ...objects], { in: 'link' });
    return work.read('link/x.so');
  };

  it('is claimed for object files that are linked in another order', async () => {
    const compared = await compare(linked(['a.o', 'b.o', 'c.o']), linked(['c.o', 'a.o', 'b.o']));
    expect(causeOf(compared, 'link-order')?.confidence).toBe('likely');
  });

  it('is not claimed where one is missing, and goes where they are sorted', async () => {
    const compared = await compare(linked(['a.o', 'b.o', 'c.o']), linked(['c.o', 'a.o']));
    expect(causeOf(compared, 'link-order')).toBeUndefined();
    expect(linked(['c.o', 'a.o', 'b.o'].toSorted()).equals(linked(['a.o', 'b.o', 'c.o']))).toBe(true);
  });
});

describe('floating-point-or-architecture', () => {
  it('is claimed for a library made for 32 bits, with both machines', async () => {
    const object = (flag: string) => {
      work.write('m/x.c', 'int one(void) { return 1; }\n');
      work.run('gcc', [flag, '-O2', '-c', 'x.c'], { in: 'm' });
      return work.read('m/x.o');
    };
    const compared = await compare(object('-m64'), object('-m32'));
    expect(causeOf(compared, 'floating-point-or-architecture')).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: 'ELF for x86-64, 64 bits, little endian', b: 'ELF for x86, 32 bits, little endian' }],
    });
  });

  const summed = (order: string): string =>
    work
      .run('python3', ['-c', `v = [0.1] * 10 + [1e6 / 3]; print("total:", "%.17g" % sum(${order}), "end")`])
      .toString();

  it('is claimed for the last digits of a sum that was taken in another order, and goes with fsum', async () => {
    const compared = await compare(Buffer.from(summed('v')), Buffer.from(summed('v[::-1]')));
    expect(causeOf(compared, 'floating-point-or-architecture')?.confidence).toBe('possible');
    const exact = (order: string) =>
      work.run('python3', ['-c', `import math; v = [0.1] * 10 + [1e6 / 3]; print(math.fsum(${order}))`]);
    expect(exact('v').equals(exact('v[::-1]'))).toBe(true);
  });

  it.each([
    ['size 1.50000', 'size 1.60000'],
    ['at 1763812800.123456', 'at 1763812800.223456'],
    ['version 1.23456.1', 'version 1.23457.1'],
    ['value 0.123456', 'value -0.123456'],
  ])('is not claimed for %s and %s', async (a, b) => {
    const compared = await compare(Buffer.from(`${a}\n`), Buffer.from(`${b}\n`));
    expect(causeOf(compared, 'floating-point-or-architecture')).toBeUndefined();
  });

  it('is claimed for the platform in the tag of a wheel', async () => {
    const tag = (platform: string) => Buffer.from(`Wheel-Version: 1.0\nTag: cp311-cp311-${platform}\n`);
    const compared = await compare(tag('linux_x86_64'), tag('linux_aarch64'));
    expect(causeOf(compared, 'floating-point-or-architecture')?.confidence).toBe('likely');
  });
});

describe('what Go says of how a program was built', () => {
  it('names the state of the checkout, which -buildvcs=false leaves out', async () => {
    const compared = await compare(fixture('go-vcs.elf'), fixture('go-no-vcs.elf'));
    expect(compared.causes.map(({ id }) => id)).toEqual(['version-from-git']);
    expect(causeOf(compared, 'version-from-git')).toMatchObject({
      confidence: 'likely',
      evidence: expect.arrayContaining([
        expect.objectContaining({ a: 'vcs.modified=false', b: null }),
      ]) as unknown,
    });
  });

  it('names the options, but not those of the machine', async () => {
    const compared = await compare(fixture('go-tags.elf'), fixture('go-no-vcs.elf'));
    expect(causeOf(compared, 'compiler-options')?.evidence).toMatchObject([{ a: '-tags=netgo', b: null }]);
    const [one, other] = ['v1', 'v3'].map((level) =>
      Buffer.from(
        fixture('go-tags.elf').toString('latin1').replace('GOAMD64=v1', `GOAMD64=${level}`),
        'latin1',
      ),
    );
    if (one === undefined || other === undefined) throw new Error('no fixtures');
    const machine = await compare(one, other);
    expect(machine.causes.map(({ id }) => id)).toEqual(['floating-point-or-architecture']);
    expect(machine.causes[0]?.evidence).toMatchObject([{ a: 'GOAMD64=v1', b: 'GOAMD64=v3' }]);
  });
});
