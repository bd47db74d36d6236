import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from './io.ts';

export const formats = ['table', 'json', 'markdown', 'sarif'] as const;
/** Of a comparison, which is long enough to be looked at in a browser. */
export const comparisonFormats = [...formats, 'html'] as const;
export type Format = (typeof comparisonFormats)[number];

/** A further copy of the report, in a file. */
export interface Output {
  readonly format: Format;
  readonly path: string;
}

const extensions: readonly [RegExp, Format][] = [
  [/\.sarif(\.json)?$/i, 'sarif'],
  [/\.json$/i, 'json'],
  [/\.(md|markdown)$/i, 'markdown'],
  [/\.html?$/i, 'html'],
  [/\.(txt|log)$/i, 'table'],
];

export const formatOption = (choices: readonly Format[] = formats): Option =>
  new Option('--format <format>', 'what stdout gets').choices(choices).default('table');

/** Of a command whose answer is a short list or document. */
export const shortFormatOption = (): Option => formatOption(['table', 'json']);

export const outputOption = (): Option =>
  new Option(
    '--output <file>',
    'also write the report to a file, as format:path or by its extension (.json, .md, .sarif, .txt, for a comparison .html); repeatable',
  )
    .argParser((text: string, before: Output[] | undefined) => [...(before ?? []), parseOutput(text)])
    .default([], 'none');

/** `sarif:report.json` or `report.sarif`. */
export function parseOutput(text: string): Output {
  const [, named, rest] = /^(table|json|markdown|sarif|html):(.+)$/s.exec(text) ?? [];
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
  render: Readonly<Partial<Record<Format, () => string | Promise<string>>>>,
): Promise<void> {
  // Before anything is written: a report that there is not must not leave half of the files.
  const rendered = async (format: Format): Promise<string> => {
    const make = render[format];
    if (make) return make();
    throw new AppError('usage', `There is no report of this kind as ${format}.`, {
      hint: `Take one of: ${Object.keys(render).join(', ')}.`,
    });
  };
  const files = await Promise.all(
    chosen.output.map(async ({ format, path }) => ({ path, text: await rendered(format) })),
  );
  for (const { path, text } of files) {
    const file = resolve(io.cwd, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    } catch (cause) {
      throw new AppError('usage', `the report cannot be written to ${path}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
  io.stdout.write(await rendered(chosen.format));
}
