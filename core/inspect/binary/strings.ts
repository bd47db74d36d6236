import type { Part } from '#schemas/comparison.ts';
import type { Look } from './diff-regions.ts';

const shownMax = 4;
const stringMax = 160;
/** Larger tables are shown as bytes: their texts would take too much memory. */
const bytesMax = 4 * 1024 ** 2;
const textsMax = 20;

/** Texts that each end with NUL, with how often each is there; empty ones left out. */
function count(bytes: Uint8Array): Map<string, number> {
  const counts = new Map<string, number>();
  let at = 0;
  while (at < bytes.byteLength) {
    const end = bytes.indexOf(0, at);
    const stop = end === -1 ? bytes.byteLength : end;
    if (stop > at) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, stop - at).toString('utf8');
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    at = stop + 1;
  }
  return counts;
}

function onlyIn(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): string[] {
  return [...one].filter(([text, times]) => times > (other.get(text) ?? 0)).map(([text]) => text);
}

function isLarge(a: Uint8Array, b: Uint8Array): boolean {
  return Math.max(a.byteLength, b.byteLength) > bytesMax;
}

function cut(text: string): string {
  return text.length <= stringMax ? text : `${text.slice(0, stringMax)}…`;
}

function show(texts: readonly string[]): string {
  if (texts.length === 0) return 'nothing more';
  const more = texts.length > shownMax ? `; and ${texts.length - shownMax} more` : '';
  return `${texts
    .slice(0, shownMax)
    .map((text) => `"${cut(text)}"`)
    .join('; ')}${more}`;
}

/** A table of texts that end with NUL: those that only one side has, or that their order is another. */
export const stringsLook: Look = (name, a, b) => {
  if (isLarge(a.bytes, b.bytes)) return undefined;
  const [textsA, textsB] = [count(a.bytes), count(b.bytes)];
  const [onlyA, onlyB] = [onlyIn(textsA, textsB), onlyIn(textsB, textsA)];
  const part: Omit<Part, 'kind'> = { name, a: show(onlyA), b: show(onlyB), offset: a.start };
  if (onlyA.length > 0 || onlyB.length > 0) return [{ kind: 'changed', ...part }];
  const differs = [...textsA.keys()].join('\0') !== [...textsB.keys()].join('\0');
  return differs ? [{ kind: 'reordered', name, offset: a.start }] : undefined;
};

/** A text that is the whole of a region, or several: `a; b`. */
export const textLook: Look = (name, a, b) => {
  if (isLarge(a.bytes, b.bytes)) return undefined;
  const [textA, textB] = [a, b].map(({ bytes }) =>
    [...count(bytes).keys()].slice(0, textsMax).map(cut).join('; '),
  );
  if (textA === undefined || textB === undefined || textA === textB) return undefined;
  return [
    {
      kind: 'changed',
      name,
      a: textA,
      b: textB,
      offset: a.start,
    },
  ];
};
