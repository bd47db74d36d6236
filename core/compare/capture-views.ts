import type { ByteSource } from '#core/archive/byte-source.ts';
import type { ContentFacts } from '#core/archive/entry.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { capture, rangeOfInterest, type Window } from './capture.ts';
import { viewContent, type ContentView } from './content-view.ts';
import type { Delta } from './delta.ts';
import type { ComparisonFacts } from './facts.ts';

/** Captured bytes of both sides together. */
const capturedBytesMax = 24 * 1024 ** 2;
const fileWindowBytes = 65_536;

/** The file itself differs and is no archive: a look around its first difference. */
function viewFiles(a: ByteSource, b: ByteSource, offset: number): ContentView {
  const whole = Math.max(a.size, b.size) <= 262_144;
  const start = whole ? 0 : Math.max(0, offset - 1024);
  const window = (source: ByteSource): Window => {
    const bytes = source.read(start, whole ? source.size : fileWindowBytes);
    return { start, bytes, whole: start === 0 && bytes.byteLength === source.size };
  };
  return viewContent(window(a), window(b));
}

/**
 * Reads both files once more for the bytes around each content difference, in the order of the differences and within
 * a budget.
 */
export async function captureViews(
  a: ByteSource,
  b: ByteSource,
  root: readonly [ContentFacts, ContentFacts],
  limits: ReadLimits,
  deltas: readonly Delta[],
): Promise<{ facts: ComparisonFacts; cut: string[] }> {
  const wantsA = new Map<string, { start: number; end: number }>();
  const wantsB = new Map<string, { start: number; end: number }>();
  const pairs: { delta: Delta; idA: string; idB: string }[] = [];
  const views = new Map<Delta, ContentView>();
  const cut: string[] = [];
  let left = capturedBytesMax;
  for (const delta of deltas) {
    if (delta.kind !== 'content' && delta.kind !== 'bytes') continue;
    const contentA = delta.entryA?.content;
    const contentB = delta.entryB?.content;
    if (delta.entryA === undefined && delta.offset !== undefined) {
      if (Math.max(root[0].size, root[1].size) > 0) views.set(delta, viewFiles(a, b, delta.offset));
      continue;
    }
    if (
      contentA === undefined ||
      contentB === undefined ||
      delta.entryA === undefined ||
      delta.entryB === undefined
    ) {
      continue;
    }
    const range = rangeOfInterest(contentA, contentB);
    const cost = 2 * (range.end - range.start);
    if (cost > left) {
      cut.push(
        `contents: the first ${capturedBytesMax} differing bytes were looked into, the rest only digested`,
      );
      break;
    }
    left -= cost;
    wantsA.set(delta.entryA.id, range);
    wantsB.set(delta.entryB.id, range);
    pairs.push({ delta, idA: delta.entryA.id, idB: delta.entryB.id });
  }
  if (pairs.length > 0) {
    const windowsA = await capture(a, limits, wantsA);
    const windowsB = await capture(b, limits, wantsB);
    for (const { delta, idA, idB } of pairs) {
      const [windowA, windowB] = [windowsA.get(idA), windowsB.get(idB)];
      if (windowA !== undefined && windowB !== undefined) views.set(delta, viewContent(windowA, windowB));
    }
  }
  return { facts: { deltas, view: (delta) => views.get(delta) }, cut };
}
