import { describe, expect, test } from 'vitest';
import { shellStep } from './attempt.ts';
import type { SandboxWorld } from './describe-sandbox.ts';
import { perlStep } from './perl-step.ts';

export function describePrivileges(world: SandboxWorld): void {
  const { attempt } = world;
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
      expect(await world.attempts.handedOver(outcome)).toEqual(['hard']);
    });
  });
}
