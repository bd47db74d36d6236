import { jsonDigest } from '#core/json/digest.ts';
import { factTable } from '#core/level/fact-table.ts';
import { statedBy } from '#core/level/known-by.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import type { Fact } from '#schemas/level.ts';
import { ownFacts, type SignerPlace } from './own-facts.ts';

/** Every fact about how the rebuild was made and is being signed: each from those who can know it. */
export function factsOf(input: AttestInput, place: SignerPlace, hasProvenance: boolean): Fact[] {
  const signs = {
    provenanceOfArtifact: hasProvenance && input.verdict.kind === 'reproduced',
    recipeSha256: hasProvenance && input.recipe ? jsonDigest(input.recipe).sha256 : undefined,
  };
  return factTable([
    ...statedBy('control-plane', input.facts),
    ...statedBy('rebuild-worker', input.ran?.facts ?? []),
    ...ownFacts(place, signs, input.ran?.place),
  ]);
}
