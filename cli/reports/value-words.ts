import { printable } from '#core/text/printable.ts';

const valueMax = 160;
const digestShown = 12;

/** A value of one side for people: printable, bounded, digests by their first digits. JSON has all of it. */
export function valueWords(text: string | null | undefined): string {
  if (text === null || text === undefined) return 'absent';
  const short = text.replace(
    /(?<=\bsha256 )[0-9a-f]{64}(?![0-9a-f])/g,
    (digest) => `${digest.slice(0, digestShown)}…`,
  );
  return printable(short, valueMax);
}
