import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildZip } from '../../archive/build-zip.ts';
import { causeOf, compare, compareAs, Workshop } from './made.ts';

/** Classes, jars and documentation by the real javac, jar and javadoc. */

const work = new Workshop();
const source = `package p;
/** Adds. */
public class Main {
  /** @param x one @param y other @return the sum */
  public static int add(int x, int y) { int sum = x + y; return sum; }
}
`;

/** Starts fast, and runs only once each. */
const jvm = ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC'];

function compiledAnew(flags: readonly string[], text = source): Buffer {
  work.write('src/p/Main.java', text);
  work.run('javac', [...jvm, ...flags, '-d', '../out', 'p/Main.java'], { in: 'src' });
  return work.read('out/p/Main.class');
}

const made = new Map<string, Buffer>();

/** The class by javac with these flags, compiled once. */
function compiled(...flags: readonly string[]): Buffer {
  const key = flags.join(' ');
  const known = made.get(key) ?? compiledAnew(flags);
  made.set(key, known);
  return known;
}

/** The jar of it with this line in the manifest. */
function manifestBy(line: string): string {
  compiled('--release', '17', '-g');
  work.write('own.mf', line);
  work.run('jar', [...jvm, '--create', '--file', 'x.jar', '--manifest', 'own.mf', '-C', 'out', '.']);
  const read =
    'import sys, zipfile; sys.stdout.write(zipfile.ZipFile("x.jar").read("META-INF/MANIFEST.MF").decode())';
  return work.run('python3', ['-c', read]).toString();
}

const jarOf = (content: Buffer) => buildZip([{ name: 'p/Main.class', data: content }]);

describe('jdk-version', () => {
  it('is claimed for classes compiled for another release, with both, and proposes that of a', async () => {
    const compared = await compare(
      jarOf(compiled('--release', '17', '-g')),
      jarOf(compiled('--release', '11', '-g')),
    );
    expect(causeOf(compared, 'jdk-version')).toMatchObject({
      confidence: 'likely',
      evidence: [
        {
          path: ['p/Main.class'],
          offset: 6,
          a: 'class file for Java 17 (major version 61)',
          b: 'class file for Java 11 (major version 55)',
        },
      ],
      change: { kind: 'tool', name: 'jdk', version: '17' },
    });
  });

  it('is claimed for the manifest that jar writes, where another JDK is named', async () => {
    const manifest = manifestBy('');
    const [line, version] = /Created-By: ([\d.]+) \(.*\)/.exec(manifest) ?? [];
    const other = manifest.replace(version ?? '', '99.0.1');
    const compared = await compareAs('META-INF/MANIFEST.MF', manifest, other);
    expect(causeOf(compared, 'jdk-version')).toMatchObject({
      evidence: [{ a: line }],
      change: { kind: 'tool', name: 'jdk', version },
    });
  });

  it('is not claimed for a manifest that another tool wrote, or another version of the project', async () => {
    const manifest = (line: string) => `Manifest-Version: 1.0\n${line}\n`;
    for (const [a, b] of [
      ['Created-By: Maven JAR Plugin 3.3.0', 'Created-By: Maven JAR Plugin 3.4.1'],
      ['Implementation-Version: 1.0', 'Implementation-Version: 1.1'],
    ] as const) {
      const compared = await compareAs('META-INF/MANIFEST.MF', manifest(a), manifest(b));
      expect(causeOf(compared, 'jdk-version')).toBeUndefined();
    }
  });

  it('goes with the same --release, and with a line of our own in place of that of jar', () => {
    const flags = ['--release', '17', '-g'];
    expect(compiledAnew(flags).equals(compiled(...flags))).toBe(true);
    expect(manifestBy('Created-By: us\n')).toBe('Manifest-Version: 1.0\r\nCreated-By: us\r\n\r\n');
  });
});

describe('bytecode-optimisation', () => {
  it('is claimed for javac -g and -g:none, with what each wrote', async () => {
    const compared = await compare(
      jarOf(compiled('--release', '17', '-g')),
      jarOf(compiled('--release', '17', '-g:none')),
    );
    expect(causeOf(compared, 'bytecode-optimisation')).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: 'LineNumberTable, LocalVariableTable, SourceFile', b: 'no debug information' }],
    });
    expect(compared.differences[0]?.cause).toBe('bytecode-optimisation');
  });

  it('is not claimed for other code with the same options, and goes with the same, as above', async () => {
    const flags = ['--release', '17', '-g'];
    const other = compiledAnew(flags, source.replace('x + y', 'x - y'));
    const compared = await compare(jarOf(compiled(...flags)), jarOf(other));
    expect(compared.result).toBe('different');
    expect(causeOf(compared, 'bytecode-optimisation')).toBeUndefined();
  });

  it('is claimed for Python modules compiled at another level, each on one side only', async () => {
    const level = (option: string) => {
      work.write('py/m.py', '"""Doc."""\nassert 1\n');
      work.run(
        'python3',
        ['-m', 'compileall', '-q', '-o', option, '--invalidation-mode', 'unchecked-hash', 'm.py'],
        { in: 'py' },
      );
      const [name = ''] = work.run('ls', ['py/__pycache__']).toString().trim().split('\n');
      const data = work.read(`py/__pycache__/${name}`);
      work.run('rm', ['-r', 'py/__pycache__']);
      return buildZip([{ name: `__pycache__/${name}`, data }]);
    };
    const [plain, optimised] = [level('0'), level('2')];
    const cause = causeOf(await compare(plain, optimised), 'bytecode-optimisation');
    expect(cause?.confidence).toBe('likely');
    expect(cause?.evidence[0]?.a ?? cause?.evidence[1]?.a).toMatch(
      /^__pycache__\/m\.cpython-\d+\.pyc: no optimisation$/,
    );
    expect(causeOf(await compare(optimised, plain), 'bytecode-optimisation')?.change).toEqual({
      kind: 'variable',
      name: 'PYTHONOPTIMIZE',
      value: '2',
    });
    expect(level('0').equals(plain)).toBe(true);
  });

  it('is claimed for Python bytecode of one name without docstrings and assertions', async () => {
    const read = (name: string) =>
      readFileSync(new URL(`../../../fixtures/binaries/${name}`, import.meta.url));
    const [plain, optimised] = [read('python-3.12-one.pyc'), read('python-3.12-optimised.pyc')];
    expect(causeOf(await compare(optimised, plain), 'bytecode-optimisation')).toMatchObject({
      evidence: [{ a: 'optimisation 2', b: 'no optimisation' }],
      change: { kind: 'variable', name: 'PYTHONOPTIMIZE', value: '2' },
    });
    const path = await compare(plain, read('python-3.12-path.pyc'));
    expect(causeOf(path, 'bytecode-optimisation')).toBeUndefined();
  });

  it('is not claimed for a module that is only on one side', async () => {
    const zip = (...names: string[]) => buildZip(names.map((name) => ({ name, data: 'x' })));
    const compared = await compare(zip('a.pyc', 'b.opt-1.pyc'), zip('c.pyc', 'b.opt-1.pyc'));
    expect(causeOf(compared, 'bytecode-optimisation')).toBeUndefined();
  });
});

describe('generated-documentation', () => {
  const javadoc = (flags: readonly string[]): Buffer => {
    work.write('src/p/Main.java', source);
    work.run('javadoc', [...jvm, '-quiet', '-d', '../docs', ...flags, 'p/Main.java'], { in: 'src' });
    return work.read('docs/p/Main.html');
  };

  it('is claimed for the time that javadoc writes into each page', async () => {
    const page = javadoc([]);
    const now = /Generated by javadoc \(\d+\) on (.*?) -->/.exec(page.toString())?.[1] ?? '';
    const later = page
      .toString()
      .replace(now, 'Mon Nov 23 08:30:00 UTC 2026')
      .replaceAll(/dc\.created" content="[\d-]+"/g, 'dc.created" content="2026-11-23"');
    const compared = await compareAs('docs/p/Main.html', page, later);
    const cause = causeOf(compared, 'generated-documentation');
    expect(cause?.confidence).toBe('likely');
    expect(cause?.evidence[0]?.a).toContain(now);
    expect(compared.differences[0]?.cause).toBe('generated-documentation');
  });

  it('goes with -notimestamp: the page says of no time', () => {
    const page = javadoc(['-notimestamp']).toString();
    expect(page).toMatch(/<!-- Generated by javadoc \(\d+\) -->/);
    expect(page).not.toMatch(/dc\.created|20\d\d/);
  });

  it.each([
    [
      'index.html',
      '<!DOCTYPE html>\n<p>x</p>\n<footer>Created using <a href="https://www.sphinx-doc.org/">Sphinx</a> 5.3.0.</footer>\n',
      '5.3.0',
      '7.2.6',
      'sphinx',
    ],
    ['files.html', '<!-- Generated by Doxygen 1.9.4 -->\n<p>x</p>\n', '1.9.4', '1.9.8', 'doxygen'],
    [
      'x.1',
      '.\\" DO NOT MODIFY THIS FILE!  It was generated by help2man 1.49.2.\n.TH X "1"\n',
      '1.49.2',
      '1.49.3',
      'help2man',
    ],
    [
      'x.3pm',
      '.\\" Automatically generated by Pod::Man 4.14 (Pod::Simple 3.43)\n.TH X 3pm\n',
      '4.14',
      '5.01',
      'pod::man',
    ],
  ])('proposes the generator that %s names', async (name, page, version, other, tool) => {
    const compared = await compareAs(name, page, page.replace(version, other));
    expect(causeOf(compared, 'generated-documentation')).toMatchObject({
      confidence: 'likely',
      change: { kind: 'tool', name: tool, version },
    });
  });

  it('is claimed for the month of a manual page by pod2man, and goes with SOURCE_DATE_EPOCH', async () => {
    work.write('x.pod', '=head1 NAME\n\nx - does x\n');
    const manual = (epoch: string) =>
      work.run('pod2man', ['--section=1', '--release=1.0', 'x.pod'], { env: { SOURCE_DATE_EPOCH: epoch } });
    const compared = await compareAs('x.1', manual('1000000000'), manual('1700000000'));
    expect(causeOf(compared, 'generated-documentation')?.confidence).toBe('likely');
    expect(manual('1700000000').equals(manual('1700000000'))).toBe(true);
  });

  it('is not claimed for what a page says, or for a date in a text that is no such page', async () => {
    const page = (text: string) => `<!-- Generated by Doxygen 1.9.4 -->\n<p>${text}</p>\n`;
    expect(
      causeOf(await compareAs('a.html', page('red'), page('blue')), 'generated-documentation'),
    ).toBeUndefined();
    const text = (date: string) => `Last updated: ${date}\n`;
    const compared = await compareAs('notes.txt', text('2026-11-22'), text('2026-11-23'));
    expect(causeOf(compared, 'generated-documentation')).toBeUndefined();
  });
});
