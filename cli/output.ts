import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from './io.ts';

export const formats = ['table', 'json', 'markdown', 'sarif'] as const;
export type Format = (typeof formats)[number];

/** A further copy of the report, in a file. */
export interface Output {
  readonly format: Format;
  readonly path: string;
}

const extensions: readonly [RegExp, Format][] = [
  [/\.sarif(\.json)?$/i, 'sarif'],
  [/\.json$/i, 'json'],
  [/\.(md|markdown)$/i, 'markdown'],
  [/\.(txt|log)$/i, 'table'],
];

export const formatOption = (): Option =>
  new Option('--format <format>', 'what stdout gets').choices(formats).default('table');

export const outputOption = (): Option =>
  new Option(
    '--output <file>',
    'also write the report to a file, as format:path or by its extension (.json, .md, .sarif, .txt); repeatable',
  )
    .argParser((text: string, before: Output[] | undefined) => [...(before ?? []), parseOutput(text)])
    .default([], 'none');

/** `sarif:report.json` or `report.sarif`. */
export function parseOutput(text: string): Output {
  const [, named, rest] = /^(table|json|markdown|sarif):(.+)$/s.exec(text) ?? [];
  if (named !== undefined && rest !== undefined) return { format: named as Format, path: rest };
  const known = extensions.find(([pattern]) => pattern.test(text));
  if (known === undefined) {
    throw new InvalidArgumentError('its format is not known: write format:path, such as json:report');
  }
  return { format: known[1], path: text };
}

/** Writes the report to stdout in `format` and to every file of `outputs` in its own. */
export async function writeReports(
  io: CliIo,
  chosen: { readonly format: Format; readonly output: readonly Output[] },
  render: Readonly<Record<Format, () => string>>,
): Promise<void> {
  for (const { format, path } of chosen.output) {
    const file = resolve(io.cwd, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, render[format]());
    } catch (cause) {
      throw new AppError('usage', `the report cannot be written to ${path}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
  io.stdout.write(render[chosen.format]());
}
