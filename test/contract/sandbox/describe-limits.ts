import { describe, expect, test } from 'vitest';
import type { SandboxWorld } from './describe-sandbox.ts';
import { perlStep } from './perl-step.ts';

export function describeLimits(world: SandboxWorld): void {
  const { attempt } = world;
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
}
