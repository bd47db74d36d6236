import type { CompareOptions } from '#core/compare/options.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { openFiles, ReaderFailure, runReader, type ReaderRun } from './run-reader.ts';

/**
 * Compares two files in a confined child. All text in the comparison is hostile.
 * @throws AppError `not-found` for a file that cannot be opened, `internal` (ReaderFailure: nothing was established),
 * `interrupted`
 */
export async function compareInReader(
  fileA: string,
  fileB: string,
  options: CompareOptions = {},
  run: ReaderRun = {},
): Promise<{ comparison: Comparison; confinement: string }> {
  const { handles, sizes } = await openFiles([fileA, fileB]);
  try {
    const [sizeA = 0, sizeB = 0] = sizes;
    const request = { operation: 'compare', sizes: [sizeA, sizeB], options } as const;
    const { answer, confinement } = await runReader(request, handles, run);
    // Loaded when the reader has ended, so that the two do not need their memory at once.
    const schema = (await import('#schemas/comparison.ts')).Comparison;
    const comparison = schema.safeParse(answer);
    if (!comparison.success) {
      throw new ReaderFailure('its answer does not match its schema', comparison.error);
    }
    return { comparison: comparison.data, confinement };
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
