import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliIo } from '#cli/io.ts';
import { createProgress, eventShower, type Progress } from '#cli/progress/progress.ts';
import type { RebuildEvent } from '#schemas/rebuild.ts';

function terminal(options: { isTTY: boolean; env?: Record<string, string> }) {
  const text = { stdout: '', stderr: '' };
  let now = 0;
  const io: CliIo = {
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part), isTTY: options.isTTY, columns: 60 },
    stdin: Readable.from([]),
    env: options.env ?? {},
    cwd: '/',
    fetch: globalThis.fetch,
    signal: new AbortController().signal,
    now: () => now,
    exitWith: () => undefined,
  };
  return { io, text, advance: (ms: number) => (now += ms) };
}

const event = (over: Partial<RebuildEvent>): RebuildEvent => ({
  seq: 1,
  at: '2026-11-22T12:00:00Z',
  type: 'stage',
  ...over,
});

const play = (progress: Progress, advance: (ms: number) => void): void => {
  const show = eventShower(progress);
  show(event({ stage: 'resolve', state: 'started' }));
  advance(1500);
  show(event({ stage: 'resolve', state: 'ended' }));
  show(event({ stage: 'rebuild', state: 'started', attempt: 2 }));
  show(event({ type: 'log', text: 'cc \u001b[2J\u202e main.c' }));
  show(event({ type: 'step', name: 'build', state: 'started', attempt: 2 }));
  advance(62_000);
  show(event({ stage: 'resolve', state: 'started' }));
  progress.close();
};

describe('progress', () => {
  it('on a terminal ends each step with a mark and its time, and writes nothing to stdout', () => {
    const { io, text, advance } = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    play(createProgress(io, { quiet: false }), advance);
    expect(text.stdout).toBe('');
    // oxlint-disable-next-line no-control-regex -- what a terminal is told to erase
    const lines = text.stderr.split('\n').map((line) => line.replace(/^.*\r\u001b\[2K/s, ''));
    expect(lines).toContain('✓ finding the artifact, its source and a recipe 1.5s');
    expect(lines).toContain('✓ building (attempt 2): build 1m02s');
    expect(text.stderr).toContain('asking the registry again for the file');
    expect(text.stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('uses no colour under NO_COLOR', () => {
    const { io, text, advance } = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    play(createProgress(io, { quiet: false }), advance);
    // oxlint-disable-next-line no-control-regex -- colours are what is looked for
    expect(text.stderr).not.toMatch(/\u001b\[\d+m/);
  });

  it('elsewhere is plain lines with the time since the start', () => {
    const { io, text, advance } = terminal({ isTTY: false });
    play(createProgress(io, { quiet: false }), advance);
    expect(text.stderr).not.toMatch(/[\p{Cc}--\n]/v);
    expect(text.stderr).toContain('[   0.0s] finding the artifact');
    expect(text.stderr).toContain('[   1.5s] building (attempt 2)');
  });

  it('never lets what a build prints move the cursor or reorder text', () => {
    for (const isTTY of [true, false]) {
      const { io, text, advance } = terminal({ isTTY });
      play(createProgress(io, { quiet: false }), advance);
      expect(text.stderr).not.toContain('\u001b[2J');
      expect(text.stderr).not.toContain('\u202e');
    }
  });

  it('under --quiet says nothing', () => {
    const { io, text, advance } = terminal({ isTTY: true });
    play(createProgress(io, { quiet: true }), advance);
    expect(text).toEqual({ stdout: '', stderr: '' });
  });
});
