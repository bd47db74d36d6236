import { ensurePrograms } from '#deploy/sigstore/programs.ts';

/** Builds what the stack runs, before the first test: it may take longer than any test may. */
export default async function buildStack(): Promise<void> {
  await ensurePrograms();
}
