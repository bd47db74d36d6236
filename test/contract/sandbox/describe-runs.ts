import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layCanary } from '#workers/place/canary-file.ts';
import { shellStep } from './attempt.ts';
import type { SandboxWorld } from './describe-sandbox.ts';

export function describeRuns(world: SandboxWorld): void {
  const { attempt } = world;
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
      const canary = await layCanary(world.attempts.folder, 'scratch', 0o644);
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
}
