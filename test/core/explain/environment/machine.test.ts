import { describe, expect, it } from 'vitest';
import { buildTar } from '../../archive/build-tar.ts';
import { causeOf, compare, compareAs, Workshop } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** What a build tells of its machine and account: written by env, make, uname, python3, sh, tar and ls. */

const work = new Workshop();
const sh = (code: string, env: Record<string, string> = {}) =>
  work.run('sh', ['-c', code], { env }).toString();
const python = (code: string, env: Record<string, string> = {}) =>
  work.run('python3', ['-c', code], { env }).toString();

describe('environment-variable', () => {
  const dump = (env: Record<string, string>) =>
    sh('env | LC_ALL=C sort | grep -v ^_=', { SHLVL: '1', TERM: 'dumb', ...env });

  it('is claimed for the variables that env lists, those that one side lacks as well', async () => {
    const [a, b] = [dump({ EDITOR: 'vi' }), dump({ EDITOR: 'nano', GITHUB_ACTIONS: 'true' })];
    const cause = causeOf(await compareAs('build.env', a, b), 'environment-variable');
    expect(cause).toMatchObject({
      confidence: 'likely',
      evidence: [
        { a: 'EDITOR=vi', b: 'EDITOR=nano' },
        { a: null, b: 'GITHUB_ACTIONS=true' },
      ],
      change: { kind: 'variable', name: 'EDITOR', value: 'vi' },
    });
  });

  it('is claimed for a single one that is well known', async () => {
    const say = (path: string) => sh('echo "export PATH=$PATH"', { PATH: `${path}:/usr/bin:/bin` });
    expect(await causeIds(say('/opt/one/bin'), say('/srv/two/bin'))).toContain('environment-variable');
  });

  it('is claimed for the folders of PATH by themselves', async () => {
    const say = (path: string) => sh('echo "found by $PATH"', { PATH: path });
    const ids = await causeIds(
      say('/usr/local/bin:/usr/bin:/bin'),
      say('/usr/local/bin:/usr/bin:/bin:/opt/x/bin'),
    );
    expect(ids).toEqual(['environment-variable']);
  });

  it('is not claimed for settings, words and options', async () => {
    expect(await causeIds('COLOUR=red', 'COLOUR=blue')).toEqual([]);
    expect(await causeIds('CI passed', 'CI failed')).toEqual([]);
    expect(await causeIds('{"name": "a"}', '{"name": "b"}')).toEqual([]);
  });

  it('goes with env -i', () => {
    const clean = (editor: string) => sh('env -i PATH=/usr/bin:/bin env', { EDITOR: editor });
    expect(clean('vi')).toBe(clean('nano'));
  });
});

describe('cpu-count', () => {
  const made = (jobs: number, target = 'flags') => {
    work.write(
      'cpus/Makefile',
      'flags: ; @echo "built with make $(MAKEFLAGS)"\nplain: ; @echo "built with make"\n',
    );
    return work.run('make', ['-s', `-j${jobs}`, target], { in: 'cpus' });
  };
  const counted = (cpus: number) =>
    python(`import os; os.cpu_count = lambda: ${cpus}; print("cpu_count:", os.cpu_count())`);

  it('is claimed for the jobs in the flags of make, and for what a script counts', async () => {
    const compared = await compareAs('f.txt', made(8), made(3));
    expect(compared.causes).toMatchObject([
      { id: 'cpu-count', confidence: 'likely', evidence: [{ a: '8', b: '3' }] },
    ]);
    expect(await causeIds(counted(8), counted(3))).toEqual(['cpu-count']);
  });

  it.each([
    ['nproc=16', 'nproc=4'],
    ['{"cpus": 16}', '{"cpus": 4}'],
    ['ran on 16 CPUs', 'ran on 4 CPUs'],
    ['--jobs=16', '--jobs=4'],
  ])('knows %s', async (a, b) => {
    expect(await causeIds(a, b)).toEqual(['cpu-count']);
  });

  it('is not claimed for other counts', async () => {
    expect(await causeIds('files: 16', 'files: 4')).not.toContain('cpu-count');
    expect(await causeIds('score 16', 'score 4')).not.toContain('cpu-count');
  });

  it('goes when the flags are left out', () => {
    expect(made(8, 'plain').equals(made(3, 'plain'))).toBe(true);
  });
});

describe('kernel-release', () => {
  const release = () => work.run('uname', ['-r']).toString().trim();

  it('is claimed for what uname -r says on two machines, beside other values as well', async () => {
    const own = `${/^\d+\.\d+\.\d+/.exec(release())?.[0]}-18-amd64`;
    expect(await causeIds(`Linux ${own}`, 'Linux 5.15.0-1051-aws')).toEqual(['kernel-release']);
    expect(
      await causeIds(`uname -r = ${own} on 2026-11-22`, 'uname -r = 5.4.0-42-generic on 2026-11-23'),
    ).toEqual(expect.arrayContaining(['kernel-release', 'build-time-in-content']));
  });

  it('is not claimed for versions of programs', async () => {
    expect(await causeIds('pkg 2.1.0-beta.1', 'pkg 2.1.0-beta.2')).not.toContain('kernel-release');
    expect(await causeIds('pkg 6.1.0', 'pkg 6.1.1')).not.toContain('kernel-release');
  });

  it('goes with uname -s', () => {
    const name = () => work.run('uname', ['-s']);
    expect(name().equals(name())).toBe(true);
  });
});

describe('user-and-host', () => {
  it.each([
    ['getpass', 'import getpass; print("user:", getpass.getuser())'],
    ['a banner', 'import getpass; print("Built-By: %s" % getpass.getuser())'],
    ['an account', 'import getpass; print("(%s@buildd) gcc" % getpass.getuser())'],
  ])('is claimed for what python3 writes: %s', async (_name, code) => {
    const say = (name: string) => python(code, { LOGNAME: name });
    expect(await causeIds(say('ann'), say('mockbuild'))).toEqual(['user-and-host']);
    expect(say('nobody')).toBe(say('nobody'));
  });

  it('is not claimed for addresses of mail, versions or dates', async () => {
    expect(await causeIds('Author: a@example.test', 'Author: b@example.test')).not.toContain('user-and-host');
    expect(await causeIds('builder 1.2.3', 'builder 1.2.4')).not.toContain('user-and-host');
    expect(await causeIds('built on Sunday', 'built on Monday')).not.toContain('user-and-host');
    // What code of amd64 looks like, read as a text.
    expect(await causeIds('\0XH9H@v\0', '\0XH8H@w\0')).not.toContain('user-and-host');
  });
});

describe('home-folder', () => {
  const say = (home: string, path: string) =>
    python(`import os; print("cache =", os.path.expanduser("${path}"))`, { HOME: home });

  it('is claimed for what ~ stands for, and proposes the home of a', async () => {
    const compared = await compareAs('f.txt', say('/home/ann', '~/.cache/pkg'), say('/root', '~/.cache/pkg'));
    expect(compared.causes[0]).toMatchObject({
      id: 'home-folder',
      evidence: [{ a: '/home/ann/.cache/pkg', b: '/root/.cache/pkg' }],
      change: { kind: 'variable', name: 'HOME', value: '/home/ann' },
    });
    expect(compared.causes.map(({ id }) => id)).not.toContain('build-path');
  });

  it('is claimed for a folder of a sandbox that is called so', async () => {
    const read = (home: string) => sh('echo "settings are read from $HOME"', { HOME: home });
    expect(await causeIds(read('/work/home'), read('/work/varied-home'))).toEqual(['home-folder']);
  });

  it('is not claimed for other files, or for pages of the web', async () => {
    expect(await causeIds('/home/ann/a.txt', '/home/bob/b.txt')).not.toContain('home-folder');
    expect(await causeIds('https://a.test/home/ann', 'https://a.test/home/bob')).not.toContain('home-folder');
  });

  it('goes with a fixed HOME', () => {
    expect(say('/nonexistent', '~/.cache')).toBe(say('/nonexistent', '~/.cache'));
  });
});

describe('merged-usr', () => {
  const found = (path: string) => sh('echo "SED=$(command -v sed)"', { PATH: path });

  it('is claimed for a program that the shell found in /bin and in /usr/bin', async () => {
    const ids = await causeIds(found('/bin'), found('/usr/bin'));
    expect(ids[0]).toBe('merged-usr');
    expect(ids).not.toContain('build-path');
  });

  it('is not claimed for another program or folder', async () => {
    expect(await causeIds('/bin/sed', '/usr/bin/gsed')).not.toContain('merged-usr');
    expect(await causeIds('/usr/local/bin/sed', '/usr/bin/sed')).not.toContain('merged-usr');
  });

  it('goes with one PATH', () => {
    expect(found('/usr/bin')).toBe(found('/usr/bin'));
  });
});

describe('process-id', () => {
  it.each([
    ['a shell', 'echo "pid $$"'],
    ['a log', 'echo "make[$$]: done"'],
    ['a name', 'echo "wrote conftest.$$"'],
  ])('is claimed for what the shell writes: %s', async (_name, code) => {
    expect(await causeIds(sh(code), sh(code))).toEqual(['process-id']);
    expect(sh('echo "wrote conftest"')).toBe(sh('echo "wrote conftest"'));
  });

  it('is not claimed for places in an array or in a text', async () => {
    expect(await causeIds('list[12]', 'list[13]')).not.toContain('process-id');
    expect(await causeIds('line 12', 'line 13')).not.toContain('process-id');
  });
});

describe('umask and owner', () => {
  /** A folder, a program and a text, made under a umask and packed by tar. */
  const packed = (name: string, umask: string, flags: readonly string[] = []) => {
    sh(
      `umask ${umask}; mkdir -p ${name}/d; echo x > ${name}/d/f; echo y > ${name}/run; chmod +x ${name}/run`,
    );
    const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--sort=name'];
    work.run('tar', [...fixed, ...flags, '-cf', `${name}.tar`, '-C', name, 'd', 'run']);
    return work.read(`${name}.tar`);
  };

  it.each([
    ['002', '022', '0002'],
    ['022', '002', '0022'],
    ['077', '022', '0077'],
    ['027', '077', '0027'],
  ])(
    'umask: %s against %s is claimed for all members, and the umask of a is proposed',
    async (a, b, umask) => {
      const compared = await compare(packed(`u${a}${b}`, a), packed(`v${a}${b}`, b));
      expect(causeOf(compared, 'umask')?.change).toEqual({ kind: 'umask', value: umask });
      expect(new Set(compared.differences.map(({ cause }) => cause))).toEqual(new Set(['umask']));
    },
  );

  it('umask: is claimed for modes in a text, by ls and by umask', async () => {
    const listed = (name: string) => sh(`ls -l ${name}/run | cut -d' ' -f1`);
    packed('m1', '002');
    packed('m2', '022');
    expect(await causeIds(listed('m1'), listed('m2'))).toEqual(['umask']);
    expect(
      await causeIds(sh('umask 022; echo "umask $(umask)"'), sh('umask 077; echo "umask $(umask)"')),
    ).toEqual(['umask']);
  });

  it('umask: is not claimed for a right of others that the owner has not', async () => {
    const tar = (mode: number) => buildTar([{ name: 'a', mode }]);
    expect((await compare(tar(0o644), tar(0o655))).causes.map(({ id }) => id)).not.toContain('umask');
  });

  it('umask: goes with modes that tar is given', () => {
    const flags = ['--mode=go=rX,u+rw,a-s'];
    expect(packed('w1', '002', flags).equals(packed('w2', '077', flags))).toBe(true);
  });

  it('owner: is claimed for what tar records, and goes with --owner and --group', async () => {
    const plain = ['--numeric-owner'];
    const [mine, other] = [packed('p1', '022', plain), packed('p2', '022', [...plain, '--owner=12345'])];
    expect((await compare(mine, other)).causes).toMatchObject([{ id: 'owner' }]);
    expect(packed('p3', '022').equals(packed('p4', '022'))).toBe(true);
  });
});
