import { excerpts } from '../excerpt.ts';
import type { Inspector } from '../inspector.ts';
import { PartList } from '../part-list.ts';
import { decodeText, looksLikeText, type Text } from '../text/decode-text.ts';
import { countOf, differingLines, splitLines, type Places } from '../text/lines.ts';
import { addEncodingParts, addLineEndPart, LineParts } from '../text/line-parts.ts';
import { differingBlocks, type LineBlock } from '../text/line-blocks.ts';
import type { Work } from '../work.ts';

const linesMax = 400_000;

export const text: Inspector = {
  id: 'text',
  title: 'Text (UTF-8, UTF-16, ISO 8859-1): lines, line ends, encoding',
  recognises: (_name, head) => looksLikeText(head),
  inspect(a, b, work) {
    const textA = decodeText(a, work);
    const textB = textA && decodeText(b, work);
    if (textA === undefined || textB === undefined) return undefined;
    const parts = new PartList(work);
    addEncodingParts(textA, textB, parts);
    const places = differingLines(textA.utf8, textB.utf8);
    const swapped = Buffer.compare(a, b) > 0;
    const count = countLines(textA, places.start, places.endA) + countLines(textB, places.start, places.endB);
    const blocks =
      count > linesMax
        ? differingBlocks(textA.utf8, textB.utf8, places, swapped, work)
        : [asBlock(places, textA.utf8)];
    let left = linesMax;
    for (const block of blocks) {
      left -= countLines(textA, block.startA, block.endA) + countLines(textB, block.startB, block.endB);
      if (left < 0) addAsOne(textA, textB, block, parts);
      else addLines(textA, textB, block, swapped, parts, work);
    }
    return parts.finish();
  },
};

function asBlock({ start, endA, endB }: Places, a: string): LineBlock {
  const first = countOf(a, '\n', 0, start) + 1;
  return { startA: start, startB: start, endA, endB, firstA: first, firstB: first };
}

/** There are too many lines to be told one by one. */
function addAsOne(
  a: Text,
  b: Text,
  { startA, endA, startB, endB, firstA }: LineBlock,
  parts: PartList,
): void {
  const offset = a.offsetOf(startA);
  parts.add({
    kind: 'changed',
    name: `lines ${firstA}–${Math.max(firstA, firstA + countLines(a, startA, endA) - 1)}`,
    ...excerpts(a.utf8.slice(startA, endA), b.utf8.slice(startB, endB)),
    ...(offset === undefined ? {} : { offset }),
  });
}

function countLines({ utf8 }: Text, start: number, end: number): number {
  return countOf(utf8, '\n', start, end) + (end > start && utf8[end - 1] !== '\n' ? 1 : 0);
}

function addLines(
  textA: Text,
  textB: Text,
  { startA, endA, startB, endB, firstA, firstB }: LineBlock,
  swapped: boolean,
  parts: PartList,
  work: Work,
): void {
  const [sideA, sideB] = [
    { text: textA, lines: splitLines(textA, startA, endA, firstA, work) },
    { text: textB, lines: splitLines(textB, startB, endB, firstB, work) },
  ];
  const pairs = new LineParts(sideA, sideB, swapped, parts, work).addAll();
  addLineEndPart(sideA, sideB, pairs, parts);
}
