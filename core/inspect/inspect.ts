import type { Part } from '#schemas/comparison.ts';
import { inspectors as allInspectors } from './inspectors.ts';
import { Work, WorkSpent } from './work.ts';

/** What a look inside found; `complete`: the parts account for each byte by which the two differ. */
export interface Inspected {
  readonly format: string;
  readonly parts: readonly Part[];
  readonly complete: boolean;
}

const headBytes = 512;
/** Units that one pair of contents may cost. */
const unitsEachMax = 64 * 1024 ** 2;

/**
 * Looks inside two whole contents that differ, as the first format that both have. Undefined where no format can say
 * where; `onCut` is called where a format took more work than it may.
 */
export function inspect(
  name: string,
  a: Uint8Array,
  b: Uint8Array,
  total: Work,
  onCut: () => void,
  inspectors = allInspectors,
): Inspected | undefined {
  const [headA, headB] = [a.subarray(0, headBytes), b.subarray(0, headBytes)];
  for (const inspector of inspectors) {
    if (!inspector.recognises(name, headA) || !inspector.recognises(name, headB)) continue;
    const units = Math.min(unitsEachMax, total.left);
    const work = new Work(units);
    try {
      const found = inspector.inspect(a, b, work);
      if (found !== undefined) return { format: inspector.id, ...found };
    } catch (error) {
      if (!(error instanceof WorkSpent)) throw error;
      onCut();
    } finally {
      total.spend(Math.min(total.left, units - Math.max(work.left, 0)));
    }
  }
  return undefined;
}
