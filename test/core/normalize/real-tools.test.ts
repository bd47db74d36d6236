import { beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from '../explain/tools/made.ts';
import { setAside } from './set-aside.ts';

/** One folder, packed by real tools in all their ways: what they unpack to is the same. */
const made = new Workshop();
const deep = `${'n'.repeat(60)}/${'m'.repeat(60)}/deep.txt`;

beforeAll(() => {
  made.write('tree/a.txt', 'hello\n');
  made.write('tree/dir/b.txt', 'some text, '.repeat(200));
  made.write(`tree/${deep}`, 'x');
  made.run('chmod', ['-R', 'u=rwX,go=rX', 'tree']);
  made.run('find', ['tree', '-exec', 'touch', '-d', '@1700000000', '{}', '+']);
});

function tar(...options: string[]): Buffer {
  return made.run('tar', ['--sort=name', ...options, '-C', 'tree', '-cf', '-', '.']);
}

function pythonTar(format: string): Buffer {
  const code = `import sys, tarfile
with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.${format}) as t: t.add("tree", arcname=".")`;
  return made.run('python3', ['-c', code]);
}

function pythonZip(method: string): Buffer {
  const code = `import os, sys, zipfile
with zipfile.ZipFile("python.zip", "w", zipfile.${method}) as z:
  for root, dirs, files in os.walk("tree"):
    for name in sorted(dirs + files):
      path = os.path.join(root, name)
      z.write(path, os.path.relpath(path, "tree"))`;
  made.run('python3', ['-c', code]);
  return made.read('python.zip');
}

function zip(name: string, ...options: string[]): Buffer {
  made.run('zip', ['-qr', ...options, `../${name}`, '.'], { in: 'tree' });
  return made.read(name);
}

const passesOf = ({ uses }: Awaited<ReturnType<typeof setAside>>) => uses.map((use) => use.split(':')[0]);

describe('a folder packed by real tools', () => {
  it('is equivalent in each format of GNU tar and of Python, and the passes say in what they differ', async () => {
    const [gnu, ustar, pax] = [tar('--format=gnu'), tar('--format=ustar'), tar('--format=pax')];
    const spelled = ['tar-times', 'tar-header', 'tar-extensions', 'tar-end'];
    for (const [one, other, passes] of [
      [gnu, ustar, spelled],
      [gnu, pax, spelled],
      [pax, pythonTar('GNU_FORMAT'), spelled],
      [gnu, pythonTar('PAX_FORMAT'), spelled],
      [gnu, pythonTar('USTAR_FORMAT'), spelled],
      [gnu, tar('--format=gnu', '-b', '64'), ['tar-end']],
    ] as const) {
      const report = await setAside(one, other);
      expect({ result: report.result, left: report.left }).toEqual({ result: 'equivalent', left: [] });
      expect(passes).toEqual(expect.arrayContaining(passesOf(report)));
    }
  });

  it('is equivalent with other owners and times, and different with another mode or a name more', async () => {
    const plain = tar('--format=pax');
    const owned = await setAside(plain, tar('--format=pax', '--owner=1000', '--group=1000', '--mtime=@5'));
    expect({ result: owned.result, passes: passesOf(owned) }).toEqual({
      result: 'equivalent',
      passes: ['tar-times', 'tar-owner'],
    });
    const executable = await setAside(plain, tar('--format=pax', '--mode=u+x'));
    expect(executable.left.map((place) => place.split(' ').at(-1))).toContain('mode');
    expect((await setAside(plain, tar('--format=pax', '--exclude=a.txt'))).result).toBe('different');
  });

  it('is equivalent in each level of zip and of Python, and the passes say in what they differ', async () => {
    const plain = zip('plain.zip');
    for (const [other, passes] of [
      [zip('bare.zip', '-X'), ['zip-times', 'zip-extra']],
      [zip('stored.zip', '-0'), ['zip-compression', 'zip-header']],
      [zip('best.zip', '-9'), ['zip-compression', 'zip-header']],
      [pythonZip('ZIP_DEFLATED'), undefined],
      [pythonZip('ZIP_STORED'), undefined],
    ] as const) {
      const report = await setAside(plain, other);
      expect({ result: report.result, left: report.left }).toEqual({ result: 'equivalent', left: [] });
      if (passes !== undefined) expect(passes).toEqual(expect.arrayContaining(passesOf(report)));
    }
  });

  it('is different in a zip by jar, which keeps no modes: only these and the system are left', async () => {
    made.run('jar', ['--create', '--no-manifest', '--file', '../jar.zip', '-C', '.', '.'], { in: 'tree' });
    const { result, left } = await setAside(zip('modes.zip'), made.read('jar.zip'));
    expect(result).toBe('different');
    expect([...new Set(left.map((place) => place.split(' ').at(-1)))].sort()).toEqual([
      'create_system',
      'mode',
    ]);
  });
});

describe('a Maven build', () => {
  it('writes pom.properties with a date that is set aside, and a value that is not', async () => {
    const stored = (value: string, seconds: number) => {
      made.write(
        'Store.java',
        `import java.io.*; import java.util.*;
public class Store { public static void main(String[] args) throws Exception {
  Properties p = new Properties(); p.setProperty("version", args[0]);
  try (OutputStream out = new FileOutputStream("META-INF/pom.properties")) { p.store(out, "Generated by a build"); }
} }`,
      );
      made.write('META-INF/none', '');
      // Java reads the clock: only what it wrote is moved, so that the test need not wait for another second.
      made.run('java', ['Store.java', value]);
      const text = made.read('META-INF/pom.properties').toString('latin1');
      made.write('META-INF/pom.properties', text.replace(/:\d\d UTC/, `:${seconds} UTC`));
      made.run('jar', ['--create', '--no-manifest', '--file', 'p.jar', 'META-INF/pom.properties']);
      return made.read('p.jar');
    };
    const one = stored('1.0', 10);
    const same = await setAside(one, stored('1.0', 11));
    expect(same.result).toBe('equivalent');
    expect(passesOf(same)).toContain('properties-date');
    expect((await setAside(one, stored('1.1', 11))).left).toEqual(['META-INF/pom.properties content']);
  });
});
