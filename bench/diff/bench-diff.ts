import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inputs, type Input } from './inputs.ts';
import { measure, type Taken } from './measure.ts';

const run = promisify(execFile);
const roundsCount = 3;
/** diffoscope takes its time: once is enough to tell. */
const diffoscopeRoundsCount = 1;
const diffoscopeCpuSecondsMax = 120;
const assay = fileURLToPath(new URL('../../assay', import.meta.url));

/** One input, measured in turns. Of several runs the one in the middle counts. */
interface Measured {
  readonly name: string;
  /** What cmp takes says something of identical files only: it ends at the first byte that differs. */
  readonly identical: boolean;
  readonly ours: Taken;
  readonly diffoscope: Taken;
  readonly cmp: Taken;
}

/**
 * Whole processes over inputs made here: `assay diff --format json` against diffoscope and cmp, CPU of all their
 * processes together and peak memory. The table has each of ours beside its reference, with the ratio.
 */
export async function benchDiff(): Promise<string> {
  await needPrograms();
  const only = process.env['ASSAY_BENCH_INPUT'];
  const lines: Measured[] = [];
  for (const input of inputs.filter(({ name }) => only === undefined || name.includes(only))) {
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-diff-'));
    try {
      lines.push(await measureInput(input, await input.make(folder)));
      // All of it takes many minutes.
      console.log(table(lines).split('\n').at(-1));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return table(lines);
}

async function needPrograms(): Promise<void> {
  for (const [program, ...args] of [
    ['diffoscope', '--version'],
    ['cmp', '--version'],
    ['dpkg-deb', '--version'],
    ['python3', '--version'],
  ] as const) {
    await run(program, args).catch((cause: unknown) => {
      throw new Error(
        `${program} is missing: apt-get install --yes --no-install-recommends diffoscope-minimal diffutils dpkg python3`,
        { cause },
      );
    });
  }
}

async function measureInput({ name, identical }: Input, files: readonly [string, string]): Promise<Measured> {
  const code = identical === true ? 0 : 1;
  const ours: Taken[] = [];
  const cmp: Taken[] = [];
  const diffoscope: Taken[] = [];
  for (let round = 0; round < roundsCount; round += 1) {
    ours.push(await measure([assay, 'diff', ...files, '--format', 'json'], [code]));
    cmp.push(await measure(['cmp', ...files], [code]));
    if (round < diffoscopeRoundsCount)
      diffoscope.push(
        await measure(['diffoscope', '--json', '/dev/null', ...files], [code], diffoscopeCpuSecondsMax),
      );
  }
  return {
    name,
    identical: identical === true,
    ours: middle(ours),
    cmp: middle(cmp),
    diffoscope: middle(diffoscope),
  };
}

function middle(taken: readonly Taken[]): Taken {
  const sorted = taken.toSorted((one, other) => one.cpuSeconds - other.cpuSeconds);
  const found = sorted[sorted.length >> 1];
  if (found === undefined) throw new RangeError('nothing was measured');
  // Memory is a bound to hold: the worst counts.
  return { ...found, peakBytes: Math.max(...taken.map(({ peakBytes }) => peakBytes)) };
}

const megabytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(0);
const seconds = (value: number) => value.toFixed(2);

function table(lines: readonly Measured[]): string {
  const head = [
    '',
    'ours s',
    'diffoscope s',
    'times less',
    'cmp s',
    'ours/cmp',
    'ours MiB',
    'diffoscope MiB',
  ];
  const body = lines.map(({ name, identical, ours, diffoscope, cmp }) => [
    name,
    seconds(ours.cpuSeconds),
    `${seconds(diffoscope.cpuSeconds)}${diffoscope.killed ? ' killed' : ''}`,
    `${diffoscope.killed ? '> ' : ''}${(diffoscope.cpuSeconds / ours.cpuSeconds).toFixed(1)}`,
    cmp.cpuSeconds.toFixed(3),
    identical ? (ours.cpuSeconds / cmp.cpuSeconds).toFixed(2) : '',
    megabytes(ours.peakBytes),
    megabytes(diffoscope.peakBytes),
  ]);
  const rows = [head, ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
