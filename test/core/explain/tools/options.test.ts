import { describe, expect, it } from 'vitest';
import { causeOf, compare, Workshop } from './made.ts';

const work = new Workshop();
const id = 'compiler-options';

/** A program by gcc without debug information. */
function program(name: string, flags: readonly string[], source: string): Buffer {
  work.write(`${name}.c`, source);
  work.write('main.c', source);
  work.run('gcc', [...flags, '-o', name, 'main.c']);
  return work.read(name);
}

const checked = `#include <assert.h>
int main(int count, char **words) { assert(count < 9); return words[0][0]; }
`;
const loop = `int sum(int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i] * i; return s; }
int main(int count, char **words) { int a[4] = {1, 2, 3, count}; return sum(a, 4) + words[0][0]; }
`;

describe('compiler-options, where no debug information says them', () => {
  it('names assertions by the function that only they call, from either side', async () => {
    const [on, off] = [program('on', ['-O1'], checked), program('off', ['-O1', '-DNDEBUG'], checked)];
    expect(causeOf(await compare(on, off), id)).toMatchObject({
      confidence: 'likely',
      evidence: [{ a: expect.stringContaining('-DNDEBUG') as string, b: null }],
    });
    expect(causeOf(await compare(off, on), id)).toMatchObject({
      evidence: [{ a: null, b: expect.stringContaining('__assert_fail') as string }],
    });
  });

  it('names the protection of the stack', async () => {
    const array =
      'void fill(char *); int main(void) { char a[64]; fill(a); return a[3]; } void fill(char *a) { a[3] = 1; }\n';
    const [on, off] = ['-fstack-protector-all', '-fno-stack-protector'].map((flag) =>
      program(`p${flag}`, [flag], array),
    );
    expect(causeOf(await compare(on ?? Buffer.of(), off ?? Buffer.of()), id)?.evidence[0]?.a).toMatch(
      /^-fstack-protector: calls __stack_chk_fail/,
    );
  });

  it('is possible where names and texts are the same and the code is not', async () => {
    const compared = await compare(program('o1', ['-O1'], loop), program('o3', ['-O3'], loop));
    expect(compared.causes[0]).toMatchObject({ id, confidence: 'possible' });
  });

  it('is not claimed where a function or a text is another', async () => {
    const named = await compare(
      program('one', ['-O1'], checked),
      program('two', ['-O1', '-DNDEBUG'], `${checked}int extra(void) { return 1; }\n`),
    );
    expect(causeOf(named, id)).toBeUndefined();
    const said = (word: string) => `const char *say(void) { return "${word}"; }\n${loop}`;
    const texts = await compare(
      program('red', ['-O1'], said('red text')),
      program('blue', ['-O1'], `${said('blue text').replace('s += a[i] * i', 's -= a[i] * i')}`),
    );
    expect(causeOf(texts, id)).toBeUndefined();
  });

  it('goes with the same options', () => {
    expect(program('first', ['-O2'], loop).equals(program('again', ['-O2'], loop))).toBe(true);
  });
});

describe('debug-path', () => {
  it('is found in a table of texts of more than a mebibyte, which another length of the folder moves', async () => {
    const names = Array.from({ length: 12_000 }, (_, at) => `int name_${'x'.repeat(80)}_${at};`).join('\n');
    const built = ['folder-one', 'folder-other'].map((folder) => {
      work.write(`${folder}/big.c`, names);
      work.run('gcc', ['-g', '-c', '-gno-strict-dwarf', '-o', 'big.o', work.path(`${folder}/big.c`)], {
        in: folder,
      });
      return work.read(`${folder}/big.o`);
    });
    const compared = await compare(built[0] ?? Buffer.of(), built[1] ?? Buffer.of());
    expect(causeOf(compared, 'debug-path')).toBeDefined();
    const part = compared.differences[0]?.inside?.parts.find(
      ({ name }) => name === 'section .debug_line_str',
    );
    expect(part?.a).toContain('/folder-one');
  });
});

describe('compiler-version', () => {
  it('is claimed for the compiler that the metadata of a Rust library names', async () => {
    const metadata = (version: string) =>
      Buffer.concat([
        Buffer.from('rust\0\0\0\x0a\0'),
        Buffer.from(`#rustc ${version} (59807616e 2026-04-14)\0`),
      ]);
    const compared = await compare(metadata('1.95.0'), metadata('1.97.0'));
    expect(causeOf(compared, 'compiler-version')?.evidence[0]).toMatchObject({
      a: expect.stringContaining('rustc 1.95.0') as string,
    });
  });
});
