import { z } from '@hono/zod-openapi';
import type { ArchiveFacts } from '#core/archive/archive-facts.ts';
import { findingCatalogue, type FindingId } from '#core/archive/findings.ts';
import { Cut } from '#schemas/cut.ts';
import { Sha256 } from '#schemas/digest.ts';
import { HostileText } from '#schemas/text.ts';
import { openFiles, ReaderFailure, runReader, type ReaderRun } from './run-reader.ts';

const path = z.array(HostileText).max(16);

const Facts = z.strictObject({
  sha256: Sha256,
  size: z.int().nonnegative(),
  formats: z.array(z.string().max(20)).max(16),
  members: z.array(
    z.strictObject({
      path,
      type: z.enum(['file', 'directory', 'symlink', 'hardlink', 'device', 'other']),
      size: z.int().nonnegative(),
      mode: z.int().nullable(),
      mtime: z.string().max(64).nullable(),
      createSystem: z.int().min(0).max(255).optional(),
      sha256: Sha256.nullable(),
    }),
  ),
  texts: z.record(z.string(), z.string()),
  findings: z.array(
    z.strictObject({
      id: z.enum(Object.keys(findingCatalogue) as [FindingId, ...FindingId[]]),
      severity: z.enum(['info', 'warning', 'danger']),
      path,
      offset: z.int().nonnegative().optional(),
      detail: HostileText,
    }),
  ),
  cut: z.array(Cut),
});

/**
 * Reads one file's members, texts and findings in a confined child. All text in the answer is hostile.
 * `texts` are globs over member names (names of nested archives joined by `/`); `nestedDigests` opens archives in
 * archives to a bounded depth.
 * @throws AppError `not-found` for a file that cannot be opened, `internal` (ReaderFailure), `interrupted`
 */
export async function readArchiveFacts(
  file: string,
  options: { texts: readonly string[]; nestedDigests: boolean },
  run: ReaderRun = {},
): Promise<ArchiveFacts & { confinement: string }> {
  const { handles, sizes } = await openFiles([file]);
  try {
    const { texts, nestedDigests } = options;
    const request = { operation: 'facts', size: sizes[0] ?? 0, facts: { texts, nestedDigests } } as const;
    const { answer, confinement } = await runReader(request, handles, run);
    const facts = Facts.safeParse(answer);
    if (!facts.success) throw new ReaderFailure('its answer does not match its schema', facts.error);
    return { ...(facts.data as ArchiveFacts), confinement };
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
