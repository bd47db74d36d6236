import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Format } from '../output.ts';
import { version } from '../version.ts';
import { rebuildMarkdown } from './rebuild-markdown.ts';
import { rebuildSarif } from './rebuild-sarif.ts';
import { rebuildTable, type RebuildReportContext } from './rebuild-table.ts';

/** A result in every format. JSON is RebuildResult (schemas/rebuild.ts) as it is. */
export function rebuildReports(
  result: RebuildResult,
  context: RebuildReportContext,
): Readonly<Record<Exclude<Format, 'html'>, () => string>> {
  return {
    table: () => rebuildTable(result, context),
    json: () => `${JSON.stringify(result, undefined, 2)}\n`,
    markdown: () => rebuildMarkdown(result, context),
    sarif: () => rebuildSarif(result, version),
  };
}
