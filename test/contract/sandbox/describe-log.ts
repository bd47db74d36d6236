import { describe, expect, test } from 'vitest';
import { logLineLengthMax } from '#core/text/log-line.ts';
import type { SandboxWorld } from './describe-sandbox.ts';

export function describeLog(world: SandboxWorld): void {
  const { attempt } = world;
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
}
