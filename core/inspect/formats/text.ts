import { excerpts } from '../excerpt.ts';
import type { Inspector } from '../inspector.ts';
import { PartList } from '../part-list.ts';
import { decodeText, looksLikeText, type Text } from '../text/decode-text.ts';
import { countOf, differingLines, splitLines, type Places } from '../text/lines.ts';
import { addEncodingParts, addLineEndPart, LineParts } from '../text/line-parts.ts';
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
    const { start, endA, endB } = differingLines(textA.utf8, textB.utf8);
    const places = { start, endA, endB };
    const count = countLines(textA, start, endA) + countLines(textB, start, endB);
    if (count > linesMax) addAsOne(textA, textB, places, parts);
    else addLines(textA, textB, places, Buffer.compare(a, b) > 0, parts, work);
    return parts.finish();
  },
};

/** There are too many lines to be told one by one. */
function addAsOne(a: Text, b: Text, { start, endA, endB }: Places, parts: PartList): void {
  const first = countOf(a.utf8, '\n', 0, start) + 1;
  const offset = a.offsetOf(start);
  parts.add({
    kind: 'changed',
    name: `lines ${first}–${first + countLines(a, start, endA) - 1}`,
    ...excerpts(a.utf8.slice(start, endA), b.utf8.slice(start, endB)),
    ...(offset === undefined ? {} : { offset }),
  });
}

function countLines({ utf8 }: Text, start: number, end: number): number {
  return countOf(utf8, '\n', start, end) + (end > start && utf8[end - 1] !== '\n' ? 1 : 0);
}

function addLines(
  textA: Text,
  textB: Text,
  { start, endA, endB }: Places,
  swapped: boolean,
  parts: PartList,
  work: Work,
): void {
  const linesA = splitLines(textA, start, endA, work);
  const linesB = splitLines(textB, start, endB, work);
  const [sideA, sideB] = [
    { text: textA, lines: linesA },
    { text: textB, lines: linesB },
  ];
  const pairs = new LineParts(sideA, sideB, swapped, parts, work).addAll();
  addLineEndPart(sideA, sideB, pairs, parts);
}
