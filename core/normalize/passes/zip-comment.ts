import { isHarmlessText, quoted } from '../harmless-text.ts';
import type { Pass } from '../pass.ts';

/** Bytes of a comment; 0 where there is none, undefined where it is more than a short plain text. */
function commentBytes(value: string | null | undefined): number | undefined {
  if (value === null) return 0;
  const text = quoted(value);
  return text !== undefined && isHarmlessText(text) ? text.length : undefined;
}

export const zipComment: Pass = {
  id: 'zip-comment',
  title: 'Comments of a zip and of its members, where they are short plain text',
  risk: 'A program that reads comments could act on them; `git archive` keeps the commit there.',
  touches: { formats: ['zip'], fields: ['comment', 'zip_comment'] },
  setsAside({ a, b }) {
    const [bytesA, bytesB] = [commentBytes(a), commentBytes(b)];
    return bytesA === undefined || bytesB === undefined ? undefined : bytesA + bytesB;
  },
};
