import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SandboxWorld } from './describe-sandbox.ts';
import { perlStep } from './perl-step.ts';

export function describeReach(world: SandboxWorld): void {
  const { attempt } = world;
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
                ...[...addresses, ...world.underTest.forbiddenAddresses].map(
                  (address) => `${address}:${port}`,
                ),
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
        const paths = [
          key,
          folder,
          world.attempts.folder,
          process.execPath,
          ...world.underTest.forbiddenPaths,
        ];
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
}
