import { describe, expect, it } from 'vitest';
import { compare, Workshop } from '../tools/made.ts';

/** A bundle named by sha256sum, as bundlers do it, with the page that loads it; packed by tar. */

const work = new Workshop();

function bundled(name: string, script: string, named = true): Buffer {
  work.write(`${name}/dist/main.js`, script);
  const hash = named ? '.$(sha256sum dist/main.js | cut -c1-8)' : '';
  const move = named ? `mv dist/main.js dist/main${hash}.js;` : '';
  work.run('sh', ['-c', `echo "<script src=main${hash}.js>" > dist/index.html; ${move}`], { in: name });
  const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--sort=name'];
  work.run('tar', [...fixed, '-cf', `${name}.tar`, '-C', name, 'dist']);
  return work.read(`${name}.tar`);
}

describe('content-hash-in-name', () => {
  it('is the cause of the names and of the page that has them, not of what differs in the file', async () => {
    const { causes, differences } = await compare(bundled('a', 'let x = 1;\n'), bundled('b', 'let x = 2;\n'));
    expect(causes.map(({ id }) => id)).toContain('content-hash-in-name');
    expect(differences.map(({ kind, cause }) => `${kind} ${cause}`).sort()).toEqual([
      'content content-hash-in-name',
      'content undefined',
      'renamed content-hash-in-name',
    ]);
  });

  it('is not claimed for files that are no pair, or whose names have no hash', async () => {
    const renamed = await compare(bundled('c', '1'), bundled('d', '1', false));
    expect(renamed.causes.map(({ id }) => id)).not.toContain('content-hash-in-name');
  });

  it('goes when the content is the same', () => {
    expect(bundled('e', 'let x;\n').equals(bundled('f', 'let x;\n'))).toBe(true);
  });
});
