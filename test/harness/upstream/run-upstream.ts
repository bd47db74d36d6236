import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '#test/harness/attesting/signed.ts';
import { type InProcessRun, runInProcess } from '#test/harness/cli/run-in-process.ts';

let folder: string;

/** Gives each test a folder of its own, where `upstream` runs. */
export async function freshFolder(): Promise<void> {
  folder = await scratchFolder();
}

/** A file in that folder. */
export const put = (name: string, content: Uint8Array | string): Promise<void> =>
  writeFile(join(folder, name), content);

export const upstream = (...args: string[]): Promise<InProcessRun> =>
  runInProcess(['upstream', ...args], { cwd: folder, env: { HOME: folder } });

export const firstLine = ({ stdout }: InProcessRun): string => stdout.split('\n')[0] ?? '';

/** What the JSON report says of the n-th statement. */
export function statementsOf({ stdout }: InProcessRun): {
  standing: string;
  by?: string;
  claims?: { kind: string; source?: Record<string, string> };
  checks: { name: string; ok: boolean; actual: string }[];
  comparisons: { claim: string; agreement: string; sentence: string }[];
}[] {
  return (JSON.parse(stdout) as { statements: ReturnType<typeof statementsOf> }).statements;
}

/** The one check that failed of each statement that did. */
export const failures = (run: InProcessRun): (string | undefined)[] =>
  statementsOf(run).flatMap(({ standing, checks }) =>
    standing === 'failed' ? [checks.find(({ ok }) => !ok)?.name] : [],
  );
