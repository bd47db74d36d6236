import { z } from 'zod';
import { FileName } from './artifact.ts';
import { DigestSet } from './digest.ts';
import { Fact, FactName, Level } from './level.ts';
import { VerdictKind } from './verdict.ts';

/** `assay level --format json` and `GET /v1/rebuilds/{id}/level`: the facts of the signed comparison, and what they come to. */
export const LevelReport = z.strictObject({
  schemaVersion: z.literal(1),
  rebuild: z.uuid(),
  artifact: z.strictObject({ file: FileName, digest: DigestSet }),
  verdict: VerdictKind,
  statement: DigestSet.describe('the comparison statement that these facts are from'),
  level: Level,
  facts: z.array(Fact),
  next: z
    .strictObject({ level: Level, missing: z.array(FactName) })
    .optional()
    .describe('the level above, and the facts that are false or unknown that it needs; absent at level 3'),
});
export type LevelReport = z.infer<typeof LevelReport>;
