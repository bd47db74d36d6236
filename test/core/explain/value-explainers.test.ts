import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from '../archive/build-tar.ts';

/** Each cause: made by the real tool, a near miss that is not claimed, and the remedy shown to work. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-causes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: string[], env: Record<string, string> = {}, cwd = folder): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } });
const python = (code: string, env: Record<string, string> = {}): string => run('python3', ['-c', code], env);

const tar = (content: Buffer | string, name = 'f.txt') => buildTar([{ name, data: content }]);
async function causesOf(a: Buffer | string, b: Buffer | string, name?: string) {
  const { causes } = await compareSources(memorySource(tar(a, name)), memorySource(tar(b, name)));
  return causes;
}
const idsOf = async (a: Buffer | string, b: Buffer | string, name?: string) =>
  (await causesOf(a, b, name)).map(({ id }) => id);

describe('random-value', () => {
  const uuid = () => python('import uuid; print("id:", uuid.uuid4())');

  it('is claimed for what uuid4 makes, with both values and the place', async () => {
    const [cause] = await causesOf(uuid(), uuid());
    expect(cause).toMatchObject({ id: 'random-value', confidence: 'likely' });
    expect(cause?.evidence[0]).toMatchObject({ path: ['f.txt'], offset: 4 });
    expect(cause?.evidence[0]?.a).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is not claimed for words, versions, or the digest of a file', async () => {
    const digest = 'a1'.repeat(32);
    expect(await idsOf('deadline one', 'deadline two')).toEqual([]);
    expect(await idsOf(`sha256 ${digest}`, `sha256 ${digest.replace('a', 'b')}`)).toEqual([]);
  });

  it('goes with uuid5, which is made from the name', async () => {
    const fixed = () => python('import uuid; print("id:", uuid.uuid5(uuid.NAMESPACE_DNS, "p-1.0"))');
    expect(await idsOf(fixed(), fixed())).toEqual([]);
  });
});

describe('build-path', () => {
  const built = (name: string, relative = false): string => {
    const work = join(folder, name);
    mkdirSync(join(work, 'src'), { recursive: true });
    writeFileSync(join(work, 'src', 'm.py'), 'x = 1\n');
    const file = relative ? '"src/m.py"' : 'os.path.abspath("src/m.py")';
    return run('python3', ['-c', `import os; print("from", ${file})`], {}, work);
  };

  it('is claimed for the absolute path of a source, with both folders', async () => {
    const [cause] = await causesOf(built('one'), built('two'));
    expect(cause).toMatchObject({ id: 'build-path', confidence: 'likely' });
    expect(cause?.evidence[0]?.a).toBe(join(folder, 'one', 'src', 'm.py'));
    expect(cause?.evidence[0]?.b).toBe(join(folder, 'two', 'src', 'm.py'));
  });

  it('is claimed in a binary, too', async () => {
    const code = (work: string) =>
      Buffer.from(
        run('python3', [
          '-c',
          `import marshal; print(marshal.dumps(compile("1", "${work}/pkg/m.py", "exec")).hex())`,
        ]).trim(),
        'hex',
      );
    expect(await idsOf(code('/build/aaaa'), code('/build/bbbb'), 'm.bin')).toContain('build-path');
  });

  it('is not claimed for URLs or for two files of one project', async () => {
    expect(await idsOf('see https://a.test/x/y', 'see https://b.test/x/y')).not.toContain('build-path');
    expect(await idsOf('/usr/share/a.txt', '/opt/lib/b/c.txt')).not.toContain('build-path');
  });

  it('goes with relative paths', async () => {
    expect(await idsOf(built('three', true), built('four', true))).toEqual([]);
  });
});

describe('version-from-git', () => {
  const describeGit = (name: string, dirty: boolean, commits: number): string => {
    const work = join(folder, name);
    mkdirSync(work);
    const git = (...args: string[]) =>
      run(
        'git',
        ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args],
        { HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
        work,
      );
    git('init', '-q');
    writeFileSync(join(work, 'f'), 'x');
    git('add', 'f');
    git('commit', '-qm', 'one');
    git('tag', 'v1.2');
    for (let at = 0; at < commits; at += 1) git('commit', '-q', '--allow-empty', '-m', `c${at}`);
    if (dirty) writeFileSync(join(work, 'f'), 'y');
    return git('describe', '--tags', '--dirty');
  };

  it('is claimed for what git describe says of another state of the checkout', async () => {
    const [clean, dirty, ahead] = [
      describeGit('g1', false, 0),
      describeGit('g2', true, 0),
      describeGit('g3', false, 2),
    ];
    expect(await idsOf(`v ${clean}`, `v ${dirty}`)).toContain('version-from-git');
    expect(await idsOf(`version ${clean}`, `version ${ahead}`)).toContain('version-from-git');
    expect(await idsOf('0.1.dev3+g1a2b3c4', '0.1.dev4+g2b3c4d5')).toContain('version-from-git');
  });

  it('is not claimed for two releases', async () => {
    expect(await idsOf('version 1.2.3', 'version 1.2.4')).not.toContain('version-from-git');
  });

  it('goes when both are built from the clean tag', async () => {
    expect(await idsOf(describeGit('g4', false, 0), describeGit('g5', false, 0))).toEqual([]);
  });
});

describe('time-zone', () => {
  const at = (zone: string) => run('date', ['-d', '@1763812800', '+built %Y-%m-%d %H:%M:%S'], { TZ: zone });

  it('is claimed for one moment that date(1) wrote in two zones', async () => {
    const [cause] = await causesOf(at('UTC'), at('Asia/Tokyo'));
    expect(
      cause?.id === 'time-zone' || (await idsOf(at('UTC'), at('Asia/Tokyo'))).includes('time-zone'),
    ).toBe(true);
  });

  it('is not claimed for another moment', async () => {
    expect(await idsOf('built 2026-11-22 12:00:01', 'built 2026-11-22 14:33:07')).not.toContain('time-zone');
  });

  it('goes with TZ=UTC', async () => {
    expect(await idsOf(at('UTC'), at('UTC'))).toEqual([]);
  });
});

describe('hash-order', () => {
  const set = (seed: string, code = 'print({"alpha", "beta", "gamma", "delta", "epsilon"})') =>
    python(code, { PYTHONHASHSEED: seed });

  it('is claimed for a set that Python wrote with two hash seeds', async () => {
    expect(await idsOf(set('1'), set('2'))).toContain('hash-order');
  });

  it('is not claimed where an item is another', async () => {
    expect(await idsOf('{alpha, beta, gamma}', '{gamma, beta, omega}')).not.toContain('hash-order');
  });

  it('goes when the set is sorted', async () => {
    const sorted = 'print(sorted({"alpha", "beta", "gamma", "delta", "epsilon"}))';
    expect(await idsOf(set('1', sorted), set('2', sorted))).toEqual([]);
  });
});

describe('user-and-host', () => {
  it('is claimed for what whoami and uname say on two machines', async () => {
    const mine = `built by ${run('whoami', []).trim()} on ${run('uname', ['-n']).trim()}\n`;
    expect(await idsOf(`user: ${run('whoami', [])}`, 'user: somebody\n')).toContain('user-and-host');
    expect(await idsOf(mine, mine.replace(/by \S+/, 'by somebody'))).toContain('user-and-host');
    expect(await idsOf('(root@buildd-1) gcc', '(mockbuild@koji) gcc')).toContain('user-and-host');
  });

  it('is not claimed for authors with their addresses', async () => {
    expect(await idsOf('Author: a@example.test', 'Author: b@example.test')).not.toContain('user-and-host');
  });
});

describe('process-id', () => {
  it('is claimed for what a shell writes of itself', async () => {
    const line = () => run('sh', ['-c', 'echo "pid: $$"']);
    expect(await idsOf(line(), line())).toContain('process-id');
    expect(await idsOf('from /tmp/tmp.build-123/x', 'from /tmp/tmp.build-4567/x')).toContain('process-id');
  });

  it('is not claimed for a count', async () => {
    expect(await idsOf('rapids: 12', 'rapids: 13')).not.toContain('process-id');
  });
});

describe('bytecode-header', () => {
  const compiled = (name: string, mtime: number, mode: string): Buffer => {
    const source = join(folder, `${name}.py`);
    writeFileSync(source, 'x = 1\n');
    run('touch', ['-d', `@${mtime}`, source]);
    python(
      `import py_compile; py_compile.compile("${source}", "${source}c", dfile="m.py", invalidation_mode=py_compile.PycInvalidationMode.${mode})`,
    );
    return readFileSync(`${source}c`);
  };

  it('is claimed for one source compiled at two times', async () => {
    const [a, b] = [compiled('m1', 1_000_000_000, 'TIMESTAMP'), compiled('m2', 1_100_000_000, 'TIMESTAMP')];
    const [cause] = await causesOf(a, b, 'm.pyc');
    expect(cause).toMatchObject({ id: 'bytecode-header', confidence: 'likely' });
    expect(cause?.evidence[0]?.a).toContain('2001-09-09T01:46:40');
  });

  it('is not claimed where the code itself differs', async () => {
    const a = compiled('m3', 1, 'CHECKED_HASH');
    const b = Buffer.from(a);
    b[b.byteLength - 1] = 7;
    expect(await idsOf(a, b, 'm.pyc')).not.toContain('bytecode-header');
  });

  it('goes with checked-hash', () => {
    expect(compiled('m4', 1, 'CHECKED_HASH').equals(compiled('m5', 2, 'CHECKED_HASH'))).toBe(true);
  });
});

describe('signature-inside', () => {
  it('is claimed for two signatures by one key over the same bytes', async () => {
    const key = join(folder, 'k.pem');
    run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key]);
    writeFileSync(join(folder, 'data'), 'x');
    const sign = (name: string): Buffer => {
      run('openssl', ['dgst', '-sha256', '-sign', key, '-out', name, 'data']);
      return readFileSync(join(folder, name));
    };
    expect(await idsOf(sign('s1'), sign('s2'), 'META-INF/SIGNER.EC')).toEqual(['signature-inside']);
  });

  it('is not claimed for a file that only sounds like one', async () => {
    expect(await idsOf('1', '2', 'META-INF/EC.txt')).toEqual([]);
  });
});

describe('dependency-version', () => {
  it('is claimed where only the version behind a name differs', async () => {
    expect(await idsOf('requests==2.31.0\n', 'requests==2.32.1\n')).toContain('dependency-version');
    expect(await idsOf('"left-pad": "^1.2.0"', '"left-pad": "^1.3.0"')).toContain('dependency-version');
  });

  it('is not claimed where the name differs', async () => {
    expect(await idsOf('requests==2.31.0\n', 'httpx==2.32.1\n')).not.toContain('dependency-version');
  });
});

describe('every value explainer', () => {
  it('takes any two texts in bounded time and claims nothing of equal ones', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom(
        'a=='.repeat(1300),
        '/a'.repeat(1900),
        'user '.repeat(700),
        '1.'.repeat(1900),
        '@'.repeat(3900),
        ...['2026-', '12:', '-j', 'a.b.c-', 'aB1', '0a ', '1,234', '/tmp/tmp', 'A=b ', '(c) ', 'é?'].map(
          (unit) => unit.repeat(700),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        const causes = await causesOf(a, b);
        if (a === b) expect(causes).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
