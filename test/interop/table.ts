import { badCases, goodCase, type Case } from './cases.ts';
import { laxities, laxityOf } from './expectations.ts';
import type { SigningKind } from './given.ts';

/** A verifier as the table names it. */
export interface Column {
  readonly name: string;
  readonly kind: SigningKind;
  /** undefined: it was not to be had. */
  readonly version: string | undefined;
}

/** What was found, by case and column; absent: there is no such thing. */
export type Found = ReadonlyMap<string, boolean>;

export function cellKey(each: Pick<Case, 'name'>, { name, kind }: Pick<Column, 'name' | 'kind'>): string {
  return `${each.name} / ${name} / ${kind}`;
}

/** Markdown of verifier × case. A verifier that was not to be had says so in each of its cells. */
export function renderTable(columns: readonly Column[], found: Found): string {
  const reasons = [...new Set(laxities.map(({ reason }) => reason))];
  const title = ({ name, kind, version }: Column): string => `${name} ${version ?? ''}`.trim() + `, ${kind}`;
  const cell = (each: Case, column: Column): string => {
    const accepted = found.get(cellKey(each, column));
    if (column.version === undefined) return 'not run here';
    if (accepted === undefined) return '–';
    if (!accepted) return 'rejects';
    const laxity = each === goodCase ? undefined : laxityOf(column, each);
    return laxity ? `**accepts** (${reasons.indexOf(laxity.reason) + 1})` : 'accepts';
  };
  const rows = [goodCase, ...badCases].map((each) => [each.name, ...columns.map((one) => cell(each, one))]);
  const head = ['', ...columns.map(title)];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return [...lines, '', ...notes, ''].join('\n');
}
