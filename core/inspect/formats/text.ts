import type { Inspector } from '../inspector.ts';
import { PartList } from '../part-list.ts';
import { decodeText, looksLikeText } from '../text/decode-text.ts';
import { differingLines, splitLines } from '../text/lines.ts';
import { addEncodingParts, addLineEndPart, LineParts } from '../text/line-parts.ts';

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
    work.spend(start);
    const linesA = splitLines(textA, start, endA, work);
    const linesB = splitLines(textB, start, endB, work);
    const lines = new LineParts(
      { text: textA, lines: linesA },
      { text: textB, lines: linesB },
      Buffer.compare(a, b) > 0,
      parts,
      work,
    );
    if (linesA.texts.length + linesB.texts.length > linesMax) lines.addAsOne();
    else addLineEndPart(textA, textB, linesA, linesB, lines.addAll(), parts);
    return parts.finish();
  },
};
