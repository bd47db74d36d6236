import type { Comparison } from '#schemas/comparison.ts';

/** Characters that JSON lets through and a terminal should not get; inside strings only, so `\u` says the same. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escape(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/** The comparison as it is (schemas/comparison.ts). Whoever shows a text of it elsewhere must escape it. */
export function comparisonJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, undefined, 2).replace(unsafe, escape)}\n`;
}
