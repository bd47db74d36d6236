import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { handoverScript, receiveOutputs } from '#workers/sandbox/docker/outputs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'assay-outputs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function handedOver(files: Readonly<Record<string, Buffer>>): Buffer {
  return Buffer.concat(
    Object.entries(files).flatMap(([name, bytes]) => [Buffer.from(`${bytes.length}\0${name}\0`), bytes]),
  );
}

test('every output arrives byte for byte, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 300 }), { maxKeys: 5 }),
      fc.integer({ min: 1, max: 64 }),
      async (made, size) => {
        const files = Object.fromEntries(
          Object.entries(made).map(([name, bytes]) => [`d/${name}`, Buffer.from(bytes)]),
        );
        const target = await mkdtemp(path.join(folder, 'o-'));
        const result = await receiveOutputs(cut(handedOver(files), size), Object.keys(files), target, 10_000);
        expect(result.outputs.map((output) => output.path)).toEqual(Object.keys(files));
        for (const [name, bytes] of Object.entries(files)) {
          expect(await readFile(path.join(target, name))).toEqual(bytes);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test.each([
  ['a path that was not asked for', '1\0../escape\0x'],
  ['a path that was already handed over', '1\0a\0x1\0a\0y'],
  ['a size that is no number', '-1\0a\0x'],
  ['a size in another notation', '0x1\0a\0x'],
  ['less bytes than were announced', '9\0a\0x'],
  ['an end within a name', '1\0a'],
  ['a name without an end', `1\0${'a'.repeat(100_000)}`],
])('%s is refused as a fault of ours', async (_what, text) => {
  const received = receiveOutputs(cut(Buffer.from(text), 7), ['a', 'b'], folder, 1000);
  await expect(received).rejects.toMatchObject({ code: 'unavailable' });
  expect(await readdir(path.dirname(folder))).not.toContain('escape');
});

test('outputs larger than the limit together are named, and the one too many is not written', async () => {
  const bytes = handedOver({ a: Buffer.alloc(60), b: Buffer.alloc(60) });
  const result = await receiveOutputs(cut(bytes, 50), ['a', 'b'], folder, 100);
  expect(result).toEqual({ outputs: [{ path: 'a', size: 60 }], tooLarge: { path: 'b', size: 60 } });
  expect(await readdir(folder)).toEqual(['a']);
});

test('the script hands over regular files only and goes through no link', async () => {
  const source = await mkdtemp(path.join(folder, 'work-'));
  const prepared = spawn('sh', [
    '-ec',
    'cd "$1"; mkdir d; printf one >d/f; printf two >"d/-n *"; ln -s d ld; ln -s f d/lf; mkfifo d/fifo',
    'sh',
    source,
  ]);
  await new Promise((resolve) => prepared.once('close', resolve));
  const asked = ['d/f', 'd/-n *', 'ld/f', 'd/lf', 'd/fifo', 'd', 'none'];
  const script = handoverScript.replace('cd /work', `cd '${source}'`);
  const child = spawn('sh', ['-c', script, 'handover', ...asked], { stdio: ['ignore', 'pipe', 'inherit'] });
  const target = path.join(folder, 'out');
  const { outputs } = await receiveOutputs(child.stdout, asked, target, 1000);
  expect(outputs).toEqual([
    { path: 'd/f', size: 3 },
    { path: 'd/-n *', size: 3 },
  ]);
  expect(await readFile(path.join(target, 'd/-n *'), 'utf8')).toBe('two');
});
