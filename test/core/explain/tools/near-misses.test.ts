import { describe, expect, it } from 'vitest';
import { buildTar } from '../../archive/build-tar.ts';
import { causeOf, compare, compareAs, Workshop } from './made.ts';

/** What real packages have, and what a cause must not be seen in. */

const work = new Workshop();
const text = async (a: string, b: string) =>
  (await compareAs('f.txt', `${a}\n`, `${b}\n`)).causes.map(({ id }) => id);

describe('kernel-release', () => {
  it('is not claimed for the names of folders and tags of another release', async () => {
    expect(await text('x-3.7.dist-info/LICENSE', 'x-3.8.dist-info/LICENSE')).not.toContain('kernel-release');
    expect(await text('tree/4.17.20-npm', 'tree/4.17.21-npm')).not.toContain('kernel-release');
  });

  it.each([
    ['6.1.0-18-amd64', '5.15.0-1051-aws'],
    ['4.18.0-553.el8.x86_64', '5.14.0-362.el9.x86_64'],
    ['6.8.9-arch1-2', '6.9.1-arch1-1'],
    ['Linux 6.1.66', 'Linux 6.6.10'],
  ])('is claimed for %s and %s', async (a, b) => {
    expect(await text(`host ${a} x`, `host ${b} x`)).toContain('kernel-release');
  });
});

describe('hash-order', () => {
  it('is not claimed where only what stands between the items differs', async () => {
    expect(await text('a one = two; three four;', 'a one = two, three four,')).not.toContain('hash-order');
    expect(await text('{b: 1, a: 2, c: 3}', '{c: 3, b: 1, a: 2}')).toContain('hash-order');
  });

  it('is not claimed for the order in which a build backend writes METADATA', async () => {
    const [a, b] = [
      'Name: x\nLicense-File: L\nRequires-Python: >=3\n',
      'Name: x\nRequires-Python: >=3\nLicense-File: L\n',
    ];
    const compared = await compareAs('x-1.dist-info/METADATA', a, b);
    expect(compared.differences[0]?.inside?.parts[0]?.kind).toBe('reordered');
    expect(causeOf(compared, 'hash-order')).toBeUndefined();
  });
});

describe('build-time-in-content', () => {
  it('is not claimed for numbers in a Java class that could be wide times', async () => {
    work.write('S.java', 'public class S { static final int A = 1; }\n');
    work.run('javac', ['-g:none', '--release', '17', 'S.java']);
    const one = work.read('S.class');
    const other = Buffer.from(one);
    other[7] = 65;
    const compared = await compareAs('S.class', one, other);
    expect(causeOf(compared, 'build-time-in-content')).toBeUndefined();
    expect(compared.causes[0]?.id).toBe('jdk-version');
  });
});

describe('build-path', () => {
  it('is not claimed for another hash in the name of a file, and is for another folder of it', async () => {
    expect(await text('src="/assets/index-60b725f1.js"', 'src="/assets/index-3b5d5c37.js"')).not.toContain(
      'build-path',
    );
    expect(await text('at /build/one/index-60b725f1.js', 'at /build/two/index-60b725f1.js')).toContain(
      'build-path',
    );
  });
});

describe('line-ends', () => {
  it('is not claimed for RECORD, whose line ends the tool chooses', async () => {
    const record = (end: string) =>
      buildTar([{ name: 'x-1.dist-info/RECORD', data: `x.py,,${end}y.py,,${end}` }]);
    const compared = await compare(record('\n'), record('\r\n'));
    expect(causeOf(compared, 'line-ends')).toBeUndefined();
    const readme = (end: string) => buildTar([{ name: 'README', data: `one${end}two${end}` }]);
    expect(causeOf(await compare(readme('\n'), readme('\r\n')), 'line-ends')).toBeDefined();
  });
});

describe('floating-point-or-architecture', () => {
  const wheel = (tag: string) => `Wheel-Version: 1.0\nTag: ${tag}\n`;

  it('is not claimed for another manylinux or Python of one processor, and is for another processor', async () => {
    const id = 'floating-point-or-architecture';
    const compareTags = async (a: string, b: string) =>
      causeOf(await compareAs('x-1.dist-info/WHEEL', wheel(a), wheel(b)), id);
    expect(
      await compareTags('cp311-cp311-manylinux_2_17_x86_64', 'cp311-cp311-linux_x86_64'),
    ).toBeUndefined();
    expect(
      await compareTags('cp36-abi3-manylinux_2_28_x86_64', 'cp39-abi3-manylinux_2_28_x86_64'),
    ).toBeUndefined();
    expect(await compareTags('cp311-cp311-linux_aarch64', 'cp311-cp311-linux_x86_64')).toBeDefined();
  });
});

describe('link-order', () => {
  it('is not claimed where the order follows from sections that only one side has', async () => {
    work.write('x.c', 'int one(void) { return 1; }\nint main(void) { return one() - 1; }\n');
    work.run('gcc', ['-g', '-o', 'full', 'x.c']);
    work.run('strip', ['-o', 'bare', 'full']);
    const compared = await compare(work.read('full'), work.read('bare'));
    expect(causeOf(compared, 'link-order')).toBeUndefined();
    expect(compared.causes[0]?.id).toBe('compiler-options');
  });
});
