import { expect } from 'vitest';
import { explainers } from '#core/explain/explainers.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { compareAs } from '../tools/made.ts';

/** What a cause proposes is what its explainer says that it can. */
function expectProposalsAsTold({ causes }: Comparison): void {
  for (const { id, change } of causes) {
    const meta = explainers.find((explainer) => explainer.meta.id === id)?.meta;
    if (change !== undefined) expect(meta?.proposes, id).toContain(change.kind);
  }
}

/** The causes of two texts (or binaries), most likely first. */
export async function causeIds(a: Buffer | string, b: Buffer | string, name = 'f.txt'): Promise<string[]> {
  const compared = await compareAs(name, a, b);
  expectProposalsAsTold(compared);
  return compared.causes.map(({ id }) => id);
}
