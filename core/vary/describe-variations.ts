import { holds } from './holds.ts';
import type { Hold, Variation } from './variation.ts';
import { variations } from './variations.ts';

function row({ id, title, how, causes }: Variation | Hold): string {
  return `| \`${id}\` | ${title} | ${how} | \`${causes[0]}\` |`;
}

/** The two tables of docs/check.md, made from what is varied and what is held fixed. */
export function describeVariations(): string {
  const head = (what: string) => `| id | ${what} | how | proves |\n|---|---|---|---|\n`;
  return `${head('varied')}${variations.map(row).join('\n')}\n\n${head('held fixed')}${holds.map(row).join('\n')}\n`;
}
