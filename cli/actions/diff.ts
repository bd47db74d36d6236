import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { compareInReader } from '#workers/reader/compare-in-reader.ts';
import { digestIfSame } from '#workers/reader/digest-if-same.ts';
import { openFiles } from '#workers/reader/run-reader.ts';
import type { DiffFlags } from '../commands/diff.ts';
import type { CliIo } from '../io.ts';
import { listMax, partsMax } from '../list-limits.ts';
import { writeReports } from '../output.ts';
import { seenToDiffer } from '../quick-diff.ts';
import { identicalComparison } from '../reports/identical-comparison.ts';
import { version } from '../version.ts';

/**
 * Compares two files and writes the reports. Answers the exit code: 0 identical (or `equivalent`, where accepted), else 1.
 * @throws AppError `usage` for a file that cannot be opened or a pass that is unknown, `internal` where the reader failed
 */
export async function runDiff(io: CliIo, a: string, b: string, flags: DiffFlags): Promise<0 | 1> {
  const names = { a, b };
  const plain = io.stdout.isTTY !== true || (io.env['NO_COLOR'] ?? '') !== '';
  const all = flags.all ?? false;
  if (flags.with !== undefined && flags.withOutput === undefined && flags.format !== 'table') {
    throw new AppError('usage', `What ${flags.with} says has no place in ${flags.format}.`, {
      hint: 'Give it a file: --with-output FILE.',
    });
  }
  const comparison = await compareFiles(io, a, b, flags);
  // Colour only where all of it goes to the terminal, never into a file.
  const terminal = { names, colour: !plain && flags.output.length === 0, all };
  await writeReports(io, flags, {
    table: async () =>
      (await import('../reports/comparison-terminal.ts')).comparisonTerminal(comparison, terminal),
    json: async () => (await import('../reports/comparison-json.ts')).comparisonJson(comparison),
    markdown: async () =>
      (await import('../reports/comparison-markdown.ts')).comparisonMarkdown(comparison, names),
    sarif: async () =>
      (await import('../reports/comparison-sarif.ts')).comparisonSarif(comparison, names, version),
    html: async () => (await import('../reports/comparison-html.ts')).comparisonHtml(comparison, names),
  });
  if (flags.with === 'diffoscope') {
    const { writeDiffoscope } = await import('../reports/write-diffoscope.ts');
    await writeDiffoscope(io, [resolve(io.cwd, a), resolve(io.cwd, b)], flags.withOutput);
  }
  return comparison.result === 'identical' || comparison.result === flags.accept ? 0 : 1;
}

async function compareFiles(io: CliIo, a: string, b: string, flags: DiffFlags): Promise<Comparison> {
  const paths = [resolve(io.cwd, a), resolve(io.cwd, b)] as const;
  try {
    const findings = flags.findings === true ? 'always' : 'when-different';
    const { refusePass: refusedPasses = [] } = flags;
    if (refusedPasses.length > 0) {
      // Said here and not by the reader, whose errors say nothing of what was asked.
      (await import('#core/normalize/known-passes.ts')).withoutRefused(refusedPasses);
    }
    const identical = findings === 'always' ? undefined : await identicalFiles(io, paths);
    const all = flags.all === true;
    const differencesMax = flags.maxDifferences ?? (all ? listMax : undefined);
    const options = {
      findings,
      refusedPasses,
      ...(differencesMax === undefined ? {} : { differencesMax }),
      ...(all ? { partsMax } : {}),
    } as const;
    return identical ?? (await compareInReader(...paths, options, { signal: io.signal })).comparison;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') {
      throw new AppError('usage', error.message, { cause: error });
    }
    throw error;
  }
}

/** Identical files are told without a reader: nothing is parsed. */
async function identicalFiles(io: CliIo, paths: readonly [string, string]): Promise<Comparison | undefined> {
  if (seenToDiffer(...paths)) return undefined;
  const { handles, sizes } = await openFiles(paths);
  try {
    const [handleA, handleB] = handles;
    const [size = 0, sizeB] = sizes;
    if (handleA === undefined || handleB === undefined || size !== sizeB) return undefined;
    const sha256 = await digestIfSame(handleA, handleB, size, io.signal);
    if (sha256 === undefined) return undefined;
    return identicalComparison(sha256, size);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
