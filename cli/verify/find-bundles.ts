import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { readAtMost } from '../read-at-most.ts';

/** One bundle to be verified, and where it was read from. */
export interface GivenBundle {
  /** As given, with `:<line>` for a line of a .jsonl file. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** What is looked for next to a file when no bundle is named; `attestation get` writes the first two. */
export const besideFile = [
  '.comparison.sigstore.json',
  '.provenance.sigstore.json',
  '.assay.sigstore.json',
  '.sigstore.json',
  '.intoto.jsonl',
] as const;

const linesMax = 64;

/** The bundles that were named, all of them. @throws AppError `usage` where one cannot be read */
export async function readBundles(cwd: string, paths: readonly string[]): Promise<GivenBundle[]> {
  const bundles: GivenBundle[] = [];
  for (const path of paths) {
    const bytes = await readAtMost(resolve(cwd, path), bundleBytesMax).catch((cause: unknown) => {
      throw new AppError('usage', `The bundle ${path} cannot be read.`, { cause });
    });
    bundles.push(...splitLines(path, bytes));
  }
  return bundles;
}

/** The bundles that lie next to `file`; none is no error here. */
export async function findBundles(cwd: string, file: string): Promise<GivenBundle[]> {
  const bundles: GivenBundle[] = [];
  for (const path of besideFile.map((ending) => `${file}${ending}`)) {
    try {
      bundles.push(...splitLines(path, await readAtMost(resolve(cwd, path), bundleBytesMax)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new AppError('usage', `The bundle ${path} cannot be read.`, { cause: error });
    }
  }
  return bundles;
}

/** A .jsonl file has a bundle on each line; a line too many is kept as one that cannot pass. */
function splitLines(from: string, bytes: Buffer): GivenBundle[] {
  if (!from.endsWith('.jsonl')) return [{ from, bytes }];
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'))
    .filter((line) => line.toString('latin1').trim() !== '');
  if (lines.length > linesMax)
    throw new AppError('usage', `${from} has more than ${linesMax} bundles.`, {
      hint: 'Verify it in parts.',
    });
  return lines.map((line, n) => ({ from: `${from}:${n + 1}`, bytes: line }));
}
