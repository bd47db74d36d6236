import { levelOf } from '#core/level/level-of.ts';
import { FactName } from '#schemas/level.ts';
import type { LevelReport } from '#schemas/level-report.ts';
import { artifact, fact } from './attest-input.ts';

const facts = FactName.options.map((name) => fact(name, name !== 'ephemeral'));

/** Of a rebuild that has all but one fact of level 3. */
export const levelReport: LevelReport = {
  schemaVersion: 1,
  rebuild: '8a6e0804-2bd0-4672-b79d-d97027f9071a',
  artifact: { file: artifact.file, digest: artifact.digest },
  verdict: 'reproduced',
  statement: { sha256: 'c'.repeat(64) },
  level: levelOf(facts).level,
  facts,
  next: { level: 'SLSA_BUILD_LEVEL_3', missing: [...levelOf(facts).missing] },
};
