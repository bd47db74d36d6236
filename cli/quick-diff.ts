import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Hash } from 'node:crypto';

/** Held twice; small enough to stay in the processor's cache between reading and comparing. */
const chunkBytes = 262_144;

/** What the short form of `assay diff` was asked. */
interface Asked {
  readonly files: readonly [string, string];
  readonly format: 'table' | 'json';
}

/** Pairs that this process has seen to differ: to read them once more would tell the command nothing. */
const differing = new Set<string>();

const keyOf = (a: string, b: string) => JSON.stringify([a, b]);

/** Whether these two absolute paths were found to differ before the command was loaded. */
export function seenToDiffer(a: string, b: string): boolean {
  return differing.has(keyOf(a, b));
}

/**
 * What `assay diff A B [--format table|json]` prints of identical files, found out before anything else is loaded: as
 * fast as `cmp`. Nothing is parsed. Undefined for all else, errors and files that differ included: the command tells.
 */
export async function quickDiff(
  args: readonly string[],
  { cwd, colour }: { cwd: string; colour: boolean },
): Promise<string | undefined> {
  const asked = parse(args);
  if (asked === undefined || (asked.format === 'table' && colour)) return undefined;
  const [a, b] = asked.files;
  const paths = [resolve(cwd, a), resolve(cwd, b)] as const;
  const hash = asked.format === 'json' ? (await import('node:crypto')).createHash('sha256') : undefined;
  const size = sizeIfSame(...paths, hash);
  if (size === undefined) return undefined;
  if (hash === undefined) {
    const { comparisonSentence } = await import('./reports/comparison-words.ts');
    return `${comparisonSentence({ result: 'identical', differencesTotal: 0, passes: [] }, { a, b })}\n`;
  }
  const [{ comparisonJson }, { identicalComparison }] = await Promise.all([
    import('./reports/comparison-json.ts'),
    import('./reports/identical-comparison.ts'),
  ]);
  return comparisonJson(identicalComparison(hash.digest('hex'), size));
}

function parse([command, ...rest]: readonly string[]): Asked | undefined {
  const [a = '', b = '', ...flags] = rest;
  if (command !== 'diff' || a === '' || b === '' || a.startsWith('-') || b.startsWith('-')) return undefined;
  const format = flags.length === 0 ? 'table' : /^--format[ =](table|json)$/.exec(flags.join(' '))?.[1];
  return format === 'table' || format === 'json' ? { files: [a, b], format } : undefined;
}

/** The size of two regular files if all their bytes are the same. */
function sizeIfSame(a: string, b: string, hash: Hash | undefined): number | undefined {
  const opened: number[] = [];
  try {
    // What is no file, such as a pipe, must not be waited for.
    for (const path of [a, b]) opened.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    const [stateA, stateB] = opened.map((descriptor) => fstatSync(descriptor));
    if (stateA?.isFile() !== true || stateB?.isFile() !== true) return undefined;
    const same = stateA.size === stateB.size && sameBytes(opened[0] ?? -1, opened[1] ?? -1, hash);
    if (!same) differing.add(keyOf(a, b));
    return same ? stateA.size : undefined;
  } catch {
    return undefined;
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function sameBytes(a: number, b: number, hash: Hash | undefined): boolean {
  const [bufferA, bufferB] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  for (let at = 0; ;) {
    const length = readSync(a, bufferA, 0, chunkBytes, at);
    if (length !== readSync(b, bufferB, 0, chunkBytes, at)) return false;
    if (length === 0) return true;
    if (bufferA.compare(bufferB, 0, length, 0, length) !== 0) return false;
    hash?.update(bufferA.subarray(0, length));
    at += length;
  }
}
