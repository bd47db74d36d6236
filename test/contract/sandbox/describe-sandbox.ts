import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logLineLengthMax } from '#core/text/log-line.ts';
import { layCanary } from '#workers/place/canary-file.ts';
import type { Sandbox } from '#workers/sandbox/sandbox.ts';
import { makeAttempts, shellStep, type Attempts } from './attempt.ts';
import { testRootfs } from './test-rootfs.ts';

/** A sandbox under test with what the suite must know of it. */
export interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  /** Whatever of this sandbox is on the host now: processes, mounts, cgroups, containers, volumes, folders. One line each. */
  leftovers(): Promise<string[]>;
  /** Host paths and sockets that no build may reach, such as the engine's socket. */
  readonly forbiddenPaths: readonly string[];
  /** Addresses of the host beside those of its interfaces, such as a bridge's gateway. */
  readonly forbiddenAddresses: readonly string[];
  close(): Promise<void>;
}

/** A whole program in Perl, which every Debian root file system has: it can make any system call. */
function perlStep(program: string) {
  return { name: 'build', phase: 'build' as const, run: ['perl', '-e', program] };
}

/** The contract of workers/sandbox/sandbox.ts, the same for every implementation. */
export function describeSandbox(name: string, makeSandbox: () => Promise<SandboxUnderTest>): void {
  describe(name, () => {
    let underTest: SandboxUnderTest;
    let attempts: Attempts;
    let before: string[];
    const attempt: Attempts['attempt'] = (script, options) => attempts.attempt(script, options);

    beforeAll(async () => {
      const rootfs = await testRootfs();
      underTest = await makeSandbox();
      attempts = await makeAttempts(underTest.sandbox, rootfs);
      before = await underTest.leftovers();
    }, 300_000);

    afterAll(async () => {
      await attempts.close();
      await underTest.close();
    });

    describe('a build runs', () => {
      test('its steps in order, with the inputs, variables and working folder of the recipe, and hands over its outputs', async () => {
        const outcome = await attempt('', {
          inputs: { 'source.txt': 'the source\n' },
          variables: { COLOUR: 'green', SHAPE: 'round' },
          steps: [
            shellStep('mkdir -p dist/deep && cp in/source.txt dist/deep/copy.txt', 'first'),
            {
              ...shellStep('pwd; echo "$COLOUR $SHAPE"', 'second'),
              cwd: 'dist',
              variables: { SHAPE: 'square' },
            },
          ],
          outputs: ['dist/deep/copy.txt', 'dist/missing.txt'],
        });
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.started).toEqual(['first', 'second']);
        expect(outcome.ended).toEqual([
          ['first', 0],
          ['second', 0],
        ]);
        expect(outcome.steps.map((step) => [step.name, step.exitCode])).toEqual(outcome.ended);
        expect(outcome.stdout).toBe('/work/dist\ngreen square');
        expect(outcome.outputs).toEqual([{ path: 'dist/deep/copy.txt', size: 11 }]);
        expect(await readFile(join(outcome.handover, 'dist/deep/copy.txt'), 'utf8')).toBe('the source\n');
      });

      test('as another user on a machine of another name, where an experiment asks for that, with the same rights', async () => {
        const outcome = await attempt(
          'uname -n; id -u; id -g; id -un; echo made >/work/file; echo made >/tmp/file; grep CapEff /proc/self/status | tr -d "\\t"',
          { machine: { hostname: 'varied-host', uid: 34, gid: 34 }, outputs: ['file'] },
        );
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.stdout).toBe('varied-host\n34\n34\nbackup\nCapEff:0000000000000000');
        expect(outcome.outputs).toEqual([{ path: 'file', size: 5 }]);
      });

      test('only after it was measured, from inside, that it holds, and that no canary is reached', async () => {
        const canary = await layCanary(attempts.folder, 'scratch', 0o644);
        const outcome = await attempt('true', { canaries: [canary] });
        expect(Object.fromEntries(outcome.facts.map(({ name: fact, value }) => [fact, value]))).toEqual({
          isolated: true,
          ephemeral: true,
          'network-recorded': true,
          'cache-content-addressed': true,
        });
        expect(outcome.facts.every(({ basis }) => basis === 'measured')).toBe(true);
        expect(outcome.canaries).toEqual([{ id: canary.id, from: 'sandbox', read: false, write: false }]);
      });

      test('with arguments that no shell has touched', async () => {
        const hostile = ['$(id)', '`id`', '; id', "'", '"', '*', '--', '-n', '', 'é\n', '\\'];
        const outcome = await attempt('', {
          steps: [{ name: 'build', phase: 'build', run: ['printf', '[%s]', ...hostile] }],
        });
        expect(outcome.stdout).toBe(hostile.map((word) => `[${word}]`).join(''));
      });

      test('until the first step that fails, whose name and exit code are told', async () => {
        const outcome = await attempt('', {
          steps: [shellStep('exit 7', 'one'), shellStep('echo never', 'two')],
          outputs: ['x'],
        });
        expect(outcome.end).toEqual({ kind: 'failed', step: 'one', exitCode: 7 });
        expect(outcome.started).toEqual(['one']);
        expect(outcome.outputs).toEqual([]);
      });

      test('that names a command which is not there fails in that step', async () => {
        const outcome = await attempt('', {
          steps: [{ name: 'build', phase: 'build', run: ['no-such-command'] }],
        });
        expect(outcome.end).toMatchObject({ kind: 'failed', step: 'build' });
      });

      test('with stdout and stderr that can be opened again by name, as many build tools do', async () => {
        const outcome = await attempt('echo one >/dev/stdout; echo two >/dev/stderr');
        expect(outcome.lines).toEqual(
          expect.arrayContaining([
            { stream: 'stdout', text: 'one' },
            { stream: 'stderr', text: 'two' },
          ]),
        );
      });

      test('with temporary files, pipes with a name, threads and shared memory', async () => {
        const outcome = await attempt(
          'set -e; t=$(mktemp); echo x >"$t"; mkfifo pipe; (echo through >pipe &) ; cat pipe; echo y >/dev/shm/y; cat /dev/shm/y',
        );
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.stdout).toBe('through\ny');
      });
    });

    describe('a build reaches', () => {
      test("only its gateway's socket, at http://127.0.0.1:8765", async () => {
        const folder = await mkdtemp(join(tmpdir(), 'assay-gateway-'));
        await chmod(folder, 0o711);
        const socket = join(folder, 'gateway.sock');
        const server = createHttpServer((request, response) => response.end(`you asked for ${request.url}`));
        await once(server.listen(socket), 'listening');
        await chmod(socket, 0o666);
        try {
          const outcome = await attempt('', {
            gatewaySocket: socket,
            steps: [
              perlStep(
                `use IO::Socket::INET; for my $path ("/simple/", "/again") { my $s = IO::Socket::INET->new("127.0.0.1:8765") or die $!; ` +
                  `print $s "GET $path HTTP/1.0\\r\\n\\r\\n"; my @all = <$s>; print $all[-1], "\\n"; }`,
              ),
            ],
          });
          expect(outcome.end).toEqual({ kind: 'done' });
          expect(outcome.stdout).toBe('you asked for /simple/\nyou asked for /again');
        } finally {
          server.closeAllConnections();
          server.close();
          await rm(folder, { recursive: true, force: true });
        }
      });

      test('nothing at that address where the recipe has no registry', async () => {
        const outcome = await attempt('', {
          steps: [
            perlStep(
              'use IO::Socket::INET; print IO::Socket::INET->new("127.0.0.1:8765") ? "open" : "closed: $!"',
            ),
          ],
        });
        expect(outcome.stdout).toContain('closed');
      });

      test('no external address, and no name is resolved', async () => {
        const outcome = await attempt('', {
          steps: [
            perlStep(
              'use IO::Socket::INET; for my $to ("192.0.2.1:80", "1.1.1.1:53", "169.254.169.254:80") { print IO::Socket::INET->new(PeerAddr => $to, Timeout => 5) ? "open" : "closed", "\\n" } ' +
                'print gethostbyname("deb.debian.org") ? "resolved" : "unresolved"',
            ),
          ],
        });
        expect(outcome.stdout).toBe('closed\nclosed\nclosed\nunresolved');
      });

      test("neither the host's loopback nor any address of the host", async () => {
        let connections = 0;
        const server = createServer((socket) => {
          connections += 1;
          socket.destroy();
        });
        await once(server.listen(0, '0.0.0.0'), 'listening');
        const { port } = server.address() as AddressInfo;
        const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
        const addresses = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
        expect(addresses).toContain('127.0.0.1');
        try {
          const outcome = await attempt('', {
            steps: [
              {
                name: 'build',
                phase: 'build',
                run: [
                  'perl',
                  '-MIO::Socket::INET',
                  '-e',
                  'for (@ARGV) { print "$_ ", IO::Socket::INET->new(PeerAddr => $_, Timeout => 5) ? "open" : "closed", "\\n" }',
                  ...[...addresses, ...underTest.forbiddenAddresses].map((address) => `${address}:${port}`),
                ],
              },
            ],
          });
          expect(outcome.end).toEqual({ kind: 'done' });
          expect(outcome.stdout.split('\n').filter((line) => !line.endsWith(' closed'))).toEqual([]);
          expect(connections).toBe(0);
        } finally {
          server.close();
        }
      });

      test('no abstract socket of the host, which would need neither a file nor an address', async () => {
        const path = `\0assay-test-${process.pid}`;
        const server = createServer((socket) => socket.end('reached'));
        await once(server.listen(path), 'listening');
        try {
          const outcome = await attempt('', {
            steps: [
              perlStep(
                `use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; print connect($s, pack("Sa*", AF_UNIX, "\\0assay-test-${process.pid}")) ? "open" : "closed"`,
              ),
            ],
          });
          expect(outcome.stdout).toBe('closed');
        } finally {
          server.close();
        }
      });

      test("no file of the host: not the signing key, the engine's socket, or another attempt", async () => {
        const folder = await mkdtemp(join(tmpdir(), 'assay-secret-'));
        await chmod(folder, 0o755);
        const key = join(folder, 'signing-key.pem');
        await writeFile(key, 'the key', { mode: 0o644 });
        try {
          const paths = [key, folder, attempts.folder, process.execPath, ...underTest.forbiddenPaths];
          const outcome = await attempt('', {
            steps: [
              {
                name: 'build',
                phase: 'build',
                run: ['/bin/sh', '-c', 'for p; do [ -e "$p" ] && echo "$p"; done; true', 'sh', ...paths],
              },
            ],
          });
          expect(outcome.end).toEqual({ kind: 'done' });
          expect(outcome.stdout).toBe('');
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      });

      test('no file, process or memory of another build that runs at the same time', async () => {
        const marker = `marker-${process.pid}`;
        const hasStarted = Promise.withResolvers<string>();
        const stop = new AbortController();
        const other = attempt(
          `echo ${marker} >/work/secret /tmp/secret /dev/shm/secret; echo started; exec sleep 50`,
          {
            signal: stop.signal,
            onLine: hasStarted.resolve,
          },
        );
        other.catch(hasStarted.reject);
        await hasStarted.promise;
        try {
          const outcome = await attempt(
            `ls -A /tmp /dev/shm /work/home; ls /proc | grep -c '^[0-9]*$'; cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o 'sleep [5]0'; grep -rs ${marker} /work /tmp /dev/shm; ls /run; true`,
          );
          expect(outcome.stdout).not.toContain('secret');
          expect(outcome.stdout).not.toContain('sleep 50');
        } finally {
          stop.abort();
          await expect(other).rejects.toMatchObject({ code: 'interrupted' });
        }
      });

      test('no variable of the host', async () => {
        process.env['ASSAY_TEST_SECRET'] = 'from-the-host';
        const outcome = await attempt('env; cat /proc/1/environ 2>/dev/null | tr "\\0" "\\n"');
        delete process.env['ASSAY_TEST_SECRET'];
        expect(outcome.stdout).not.toContain('from-the-host');
        expect(outcome.stdout).not.toContain(
          process.env['HOME'] === '/work/home' ? '\0' : `HOME=${process.env['HOME']}`,
        );
        expect(outcome.stdout).toContain('TZ=UTC');
      });
    });

    describe('a build cannot', () => {
      test('write anywhere but to its work folder, the temporary folder and shared memory', async () => {
        const outcome = await attempt(
          'for p in / /usr /etc /usr/bin /dev /run /var /var/tmp /proc /sys /proc/sys/kernel /root /home /opt /mnt /srv; do ( : >"$p/x" ) 2>/dev/null && echo "$p"; done; ' +
            'echo x 2>/dev/null >>/etc/passwd && echo passwd; echo core 2>/dev/null >/proc/sys/kernel/core_pattern && echo core_pattern; true',
        );
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.stdout).toBe('');
      });

      test('be root, gain a privilege or hold a capability', async () => {
        const outcome = await attempt(
          'id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\t"; cp /bin/sh /work/sh; chmod 4755 /work/sh; /work/sh -c "id -u"; perl -e \'$> = 0; print "$>\\n"\'',
        );
        expect(outcome.stdout.split('\n')).toEqual([
          '1000',
          expect.stringMatching(/^CapEff:0+$/),
          expect.stringMatching(/^CapBnd:0+$/),
          'NoNewPrivs:1',
          'Seccomp:2',
          '1000',
          '1000',
        ]);
      });

      test.each([
        ['unshare a namespace', 272, 97, '0x10000000'],
        ['clone into a namespace', 56, 220, '0x10000011, 0, 0, 0, 0'],
        ['mount', 165, 40, '$none, $work, $tmpfs, 0, 0'],
        ['trace a process', 101, 117, '0, 0, 0, 0'],
        ['load BPF', 321, 280, '0, 0, 0'],
        ['use the kernel keyring', 250, 219, '0, 0, 0, 0, 0'],
        ['set up io_uring', 425, 425, '1, 0'],
        ['open a raw socket', 41, 198, '2, 3, 1'],
        ['open a vsock socket', 41, 198, '40, 1, 0'],
        ['open a crypto socket', 41, 198, '38, 5, 0'],
        ['open a packet socket', 41, 198, '17, 3, 0'],
        ['make a device node', 259, 33, '-100, $node, 0x6180, 0x800'],
        ['handle page faults', 323, 282, '0'],
        ['watch performance counters', 298, 241, '0, 0, -1, -1, 0'],
        ['enter a namespace', 308, 268, '0, 0'],
        ['change its root', 161, 51, '$work'],
      ])('%s', async (_, x64, arm64, args) => {
        const number = process.arch === 'arm64' ? arm64 : x64;
        const outcome = await attempt('', {
          steps: [
            perlStep(
              `my ($none, $work, $tmpfs, $node) = ("none", "/work", "tmpfs", "/work/sda"); my $r = syscall(${number}, ${args}); print $r == -1 && $!{EPERM} ? "refused" : "answered $r $!"`,
            ),
          ],
        });
        expect(outcome.stdout).toBe('refused');
      });

      test('have clone3 set flags that no filter sees: it is told that there is none', async () => {
        const outcome = await attempt('', {
          steps: [perlStep('my $r = syscall(435, 0, 0); print $!{ENOSYS} ? "none" : "answered $r $!"')],
        });
        expect(outcome.stdout).toBe('none');
      });

      test('let a process outlive its step: what it writes later is not seen, and no output changes', async () => {
        const outcome = await attempt('', {
          steps: [
            shellStep(
              'mkdir out; setsid sh -c "trap \\"\\" HUP TERM; while :; do echo x >>/work/out/grows; echo later; done" >/dev/null 2>&1 & sleep 0.2',
              'daemon',
            ),
            shellStep(
              'a=$(stat -c %s out/grows); sleep 0.3; b=$(stat -c %s out/grows); [ "$a" = "$b" ] && echo unchanged',
              'look',
            ),
          ],
          outputs: ['out/grows'],
        });
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.stdout).toBe('unchanged');
        expect(outcome.outputs).toHaveLength(1);
      });

      test('pass off a link, a folder, a pipe or a file behind a linked folder as an output', async () => {
        const outcome = await attempt(
          'mkdir real dir; echo x >real/file; ln -s /etc/shadow shadow; ln -s /etc/passwd passwd; ln -s real linked; ln -s /proc/1 proc; mkfifo pipe; ln real/file hard',
          { outputs: ['shadow', 'passwd', 'linked/file', 'proc/environ', 'pipe', 'dir', 'hard'] },
        );
        expect(outcome.end).toEqual({ kind: 'done' });
        expect(outcome.outputs).toEqual([{ path: 'hard', size: 2 }]);
        expect(await attempts.handedOver(outcome)).toEqual(['hard']);
      });
    });

    describe('a build that exceeds a limit is ended, and the limit named:', () => {
      test('its time', async () => {
        const outcome = await attempt('echo begun; sleep 600', { limits: { timeSeconds: 1 } });
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'time-limit' });
      });

      test('its processor time, of all processes together', async () => {
        const outcome = await attempt('for i in 1 2 3; do (while :; do :; done) & done; wait', {
          limits: { cpuSeconds: 1 },
        });
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'cpu-limit' });
      });

      test('its memory', async () => {
        const outcome = await attempt('', { steps: [perlStep('my @a; push @a, "x" x 1e6 while 1')] });
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'memory-limit' });
      });

      test('its memory, also where the build hides that a process of it was ended', async () => {
        const outcome = await attempt(`perl -e 'my @a; push @a, "x" x 1e6 while 1'; true`);
        expect(outcome.end).toMatchObject({ kind: 'limit', reason: 'memory-limit' });
      });

      test('its processes, by a fork bomb', async () => {
        const outcome = await attempt('', { steps: [perlStep('while (1) { fork }')] });
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'process-limit' });
      });

      test.each(['/work', '/tmp', '/dev/shm'])('its disk, filled in %s', async (folder) => {
        const outcome = await attempt(`dd if=/dev/zero of=${folder}/fill bs=1M 2>&1`, {
          limits: { memoryBytes: 512 * 1024 ** 2 },
        });
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'disk-limit' });
      });

      test('its log', async () => {
        const outcome = await attempt('while :; do echo a line of log that says nothing at all; done');
        expect(outcome.end).toMatchObject({ kind: 'limit', step: 'build', reason: 'log-limit' });
      });

      test('the size of its outputs, however few bytes they take on disk', async () => {
        const outcome = await attempt('truncate -s 1T huge', { outputs: ['huge'] });
        expect(outcome.end).toMatchObject({ kind: 'limit', reason: 'output-limit' });
        expect(outcome.outputs).toEqual([]);
      });
    });

    describe('the log', () => {
      test('carries no control sequence', async () => {
        const outcome = await attempt(`printf '\\033[31mred\\033[0m\\007\\n\\033]0;title\\007plain\\r\\n'`);
        expect(outcome.lines.map(({ text }) => text)).toEqual(['red', 'plain']);
      });

      test('has lines of bounded length, however long a line of the build is, and loses none after it', async () => {
        const outcome = await attempt(
          `head -c 300000 /dev/zero | tr '\\0' x; echo; echo after; printf unended`,
        );
        expect(outcome.lines).toHaveLength(3);
        expect(outcome.lines[0]?.text.length).toBeLessThanOrEqual(logLineLengthMax);
        expect(outcome.lines.slice(1).map(({ text }) => text)).toEqual(['after', 'unended']);
      });
    });

    test('the log of a step is whole before the step has ended, also a last line that was not ended', async () => {
      const order: string[] = [];
      const steps = ['one', 'two', 'three'].map((step) => shellStep(`printf 'by ${step}'`, step));
      const outcome = await attempt('', {
        steps,
        onLine: (text) => order.push(text),
        onEnded: (step) => order.push(`${step} ended`),
      });
      expect(outcome.end).toEqual({ kind: 'done' });
      expect(order).toEqual(['by one', 'one ended', 'by two', 'two ended', 'by three', 'three ended']);
    });

    test('an attempt that is stopped ends at once and is refused a result', async () => {
      const stop = new AbortController();
      const running = attempt('echo begun; sleep 600', { signal: stop.signal, onLine: () => stop.abort() });
      await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    });

    test('after all of that nothing is left: no process, mount, cgroup, container or folder', async () => {
      await underTest.sandbox.sweep();
      expect(await underTest.leftovers()).toEqual(before);
    });
  });
}
