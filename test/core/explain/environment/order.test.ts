import { describe, expect, it } from 'vitest';
import { causeOf, compare, compareAs, Workshop } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** Orders that tar, python3, perl and make leave to chance; the chance is fixed here. */

const work = new Workshop();

describe('file-order', () => {
  const files = ['src/a.c', 'src/b.c', 'src/c.h', 'LICENSE'];
  const packed = (name: string, order: readonly string[], flags: readonly string[] = []) => {
    for (const file of files) work.write(`${name}/${file}`, file);
    const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--mode=0644'];
    work.run('tar', [...fixed, ...flags, '-cf', `${name}.tar`, '-C', name, ...order]);
    return work.read(`${name}.tar`);
  };
  const [a, b, c, d] = files as [string, string, string, string];

  it('is claimed for members that tar got in another order', async () => {
    const compared = await compare(packed('o1', [a, b, c, d]), packed('o2', [c, a, d, b]));
    expect(compared.causes).toMatchObject([{ id: 'file-order', confidence: 'likely' }]);
  });

  it('is claimed for a list of files in a text', async () => {
    const list = (order: readonly string[]) => `${order.join('\n')}\n`;
    const compared = await compareAs('SOURCES.txt', list([a, c, d, b]), list([c, a, d, b]));
    expect(compared.causes[0]).toMatchObject({ id: 'file-order', evidence: [{ offset: 0, a, b: c }] });
  });

  it('is not claimed where a file has another name', async () => {
    expect(await causeIds(`${a}\n${b}\n${c}\n`, `${c}\n${a}\nsrc/z.c\n`)).not.toContain('file-order');
  });

  it('goes with --sort=name', () => {
    const one = packed('o3', ['.'], ['--sort=name']);
    expect(one.equals(packed('o4', ['.'], ['--sort=name']))).toBe(true);
  });
});

describe('hash-order', () => {
  const words = '"alpha", "beta", "gamma", "delta", "epsilon", "zeta"';
  const python = (seed: string, code: string) =>
    work.run('python3', ['-c', code], { env: { PYTHONHASHSEED: seed } });
  const perl = (seed: string, code: string) =>
    work.run('perl', ['-e', code], { env: { PERL_HASH_SEED: seed, PERL_PERTURB_KEYS: '0' } });

  it('is likely for a set that python3 writes, and proposes its seed', async () => {
    const set = (seed: string) => python(seed, `print("__all__ =", {${words}})`);
    const cause = causeOf(await compareAs('names.py', set('1'), set('2')), 'hash-order');
    expect(cause).toMatchObject({
      confidence: 'likely',
      change: { kind: 'variable', name: 'PYTHONHASHSEED', value: '0' },
    });
    expect(set('0').equals(set('0'))).toBe(true);
  });

  it('is likely for the keys of a JSON object', async () => {
    const json = (seed: string, sorted = 'False') =>
      python(
        seed,
        `import json; print(json.dumps({k: len(k) for k in {${words}}}, indent=1, sort_keys=${sorted}))`,
      );
    const compared = await compareAs('f.json', json('1'), json('2'));
    expect(causeOf(compared, 'hash-order')).toBeDefined();
    expect(compared.differences[0]?.cause).toBe('hash-order');
    expect(json('1', 'True').equals(json('2', 'True'))).toBe(true);
  });

  it('is likely for a set that was compiled into bytecode, as Python before 3.11 left it unsorted', async () => {
    const source = work.write('set.py', `def known(x):\n    return x in {${words}}\n`);
    const mode = 'invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH';
    python('1', `import py_compile; py_compile.compile("${source}", "set.pyc", ${mode})`);
    const compiled = work.read('set.pyc');
    const text = compiled.toString('latin1');
    const turned = text.replace(/alpha|gamma/g, (word) => (word === 'alpha' ? 'gamma' : 'alpha'));
    const compared = await compareAs('set.pyc', compiled, Buffer.from(turned, 'latin1'));
    expect(causeOf(compared, 'hash-order')).toMatchObject({
      confidence: 'likely',
      change: { kind: 'variable', name: 'PYTHONHASHSEED', value: '0' },
    });
  });

  it('is claimed for a hash that perl writes, pair by pair', async () => {
    const [one, two] = ['0x11111111222222223333333344444444', `0x${'deadbeef'.repeat(4)}`] as const;
    const dump = (seed: string, sort = '') =>
      perl(seed, `my %h = map { $_ => length } (${words}); print "$_ => $h{$_}\\n" for ${sort} keys %h`);
    const compared = await compareAs('f.txt', dump(one), dump(two));
    expect(compared.differences[0]?.cause).toBe('hash-order');
    expect(dump(one, 'sort').equals(dump(two, 'sort'))).toBe(true);
  });

  it('is no more than possible where a side is sorted, and not claimed where an item is another', async () => {
    const sorted = causeOf(await compareAs('f.txt', '[a, b, c, d]', '[b, a, d, c]'), 'hash-order');
    expect(sorted?.confidence).toBe('possible');
    expect(await causeIds('{gamma, alpha, beta}', '{beta, gamma, omega}')).not.toContain('hash-order');
    expect(await causeIds('b a', 'a b')).not.toContain('hash-order');
  });
});

describe('parallel-order', () => {
  /** Two jobs of one make; the one that is not first waits for the other. */
  const makefile = [
    'all: one two; @true',
    'one two: ; @if [ "$(FIRST)" != $@ ]; then read go < go; fi; echo "compiled module $@ with flags" >> log; if [ "$(FIRST)" = $@ ]; then echo go > go; fi',
    'joined: ; @for job in one two; do echo "compiled module $$job with flags" > $$job.log; done; cat one.log two.log > log',
    '',
  ].join('\n');
  const made = (name: string, first: string, args: readonly string[] = ['-j2', 'all']) => {
    work.write(`${name}/Makefile`, makefile);
    work.write(`${name}/log`, 'compiled module zero with flags\n');
    work.run('mkfifo', ['go'], { in: name });
    work.run('make', [...args, `FIRST=${first}`], { in: name });
    return work.read(`${name}/log`);
  };

  it('is claimed for a log to which two jobs of make -j append', async () => {
    const compared = await compareAs('build.log', made('m1', 'one'), made('m2', 'two'));
    expect(compared.causes).toMatchObject([
      { id: 'parallel-order', evidence: [{ a: 'compiled module one with flags' }] },
    ]);
  });

  it('goes where each job has a log of its own', () => {
    expect(made('m3', 'one', ['joined']).equals(made('m4', 'two', ['joined']))).toBe(true);
  });

  it('is likely where neither side is sorted', async () => {
    const log = (order: string) => [...order].map((job) => `job ${job} has ended\n`).join('');
    const cause = async (a: string, b: string) =>
      causeOf(await compareAs('f.log', log(a), log(b)), 'parallel-order')?.confidence;
    expect(await cause('cabd', 'bdca')).toBe('likely');
    expect(await cause('abcd', 'bdca')).toBe('possible');
  });

  it('is possible where few lines were lost or torn, and most moved', async () => {
    const lines = ['h', 'c', 'f', 'a', 'g', 'b', 'e', 'd'].map((job) => `job ${job} has ended`);
    const torn = [...lines].reverse().map((line, at) => (at === 3 ? 'job f hajob f' : line));
    const cause = causeOf(await compareAs('f.log', lines.join('\n'), torn.join('\n')), 'parallel-order');
    expect(cause?.confidence).toBe('possible');
  });

  it('is not claimed where a line is missing or changed', async () => {
    expect(await causeIds('a\nb\nc\n', 'c\nb\nd\n')).not.toContain('parallel-order');
    expect(await causeIds('a\nb\nc\n', 'b\na\n')).not.toContain('parallel-order');
    expect(await causeIds('a\nb\nc\nd\ne\nf\ng\nh\n', 'a\nb\nc\nd\n')).not.toContain('parallel-order');
  });
});
