import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogPump } from '#workers/sandbox/log-pump.ts';

function pump(bytesMax: number) {
  const lines: string[] = [];
  let exceeded = 0;
  const log = createLogPump({
    bytesMax,
    line: (stream, text) => lines.push(`${stream} ${text}`),
    onExceeded: () => {
      exceeded += 1;
    },
  });
  return { log, lines, exceeded: () => exceeded };
}

test('lines come out whole wherever their bytes are cut, also within a character', () => {
  const text = 'naïve 日本\n\nlast 😀';
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.nat({ max: bytes.length }), fc.nat({ max: bytes.length }), (a, b) => {
      const { log, lines } = pump(1000);
      const [first, second] = [Math.min(a, b), Math.max(a, b)];
      for (const part of [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])
        log.write('stdout', part);
      log.end();
      expect(lines).toEqual(['stdout naïve 日本', 'stdout ', 'stdout last 😀']);
    }),
  );
});

test('the two streams are never mixed within a line', () => {
  const { log, lines } = pump(1000);
  log.write('stdout', Buffer.from('out'));
  log.write('stderr', Buffer.from('err\n'));
  log.write('stdout', Buffer.from('put\n'));
  log.end();
  expect(lines).toEqual(['stderr err', 'stdout output']);
});

test('a log over its limit is told once, and nothing more is handed out', () => {
  const { log, lines, exceeded } = pump(10);
  log.write('stdout', Buffer.from('12345\n'));
  for (let turn = 0; turn < 5; turn += 1) log.write('stderr', Buffer.from('67890\n'));
  log.end();
  expect(exceeded()).toBe(1);
  expect(lines).toEqual(['stdout 12345']);
});

test('a mark ends the line before it, and is waited for on both streams', async () => {
  const { log, lines } = pump(1000);
  const marked = log.marked(1).then(() => lines.push('marked'));
  log.write('stdout', Buffer.from('unended\0next'));
  log.write('stderr', Buffer.from('whole\n\0'));
  await marked;
  log.end();
  expect(lines).toEqual(['stdout unended', 'stderr whole', 'marked', 'stdout next']);
});

test('nobody waits for a mark that can no longer come', async () => {
  const { log } = pump(1000);
  const marked = log.marked(3);
  log.end();
  await marked;
  await expect(log.marked(9)).resolves.toBeUndefined();
});
