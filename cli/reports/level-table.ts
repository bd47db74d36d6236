import { factTable } from '#core/level/fact-table.ts';
import { requiredFacts } from '#core/level/level-of.ts';
import { printable } from '#core/text/printable.ts';
import type { Fact } from '#schemas/level.ts';
import type { LevelReport } from '#schemas/level-report.ts';

const evidenceMax = 500;

/** For people: what it comes to, each fact under the level that asks for it, and what the next level lacks. */
export function levelTable(report: LevelReport): string {
  const facts = factTable(report.facts);
  const width = Math.max(...facts.map(({ name }) => name.length));
  const sections = requiredFacts.flatMap(({ level, facts: names }) => [
    '',
    `${level} asks for:`,
    ...facts.filter(({ name }) => names.includes(name)).map((fact) => line(fact, width)),
  ]);
  const { next } = report;
  return [
    `${printable(report.artifact.file)} is ${report.verdict}, with ${report.level}.`,
    next === undefined
      ? 'There is no higher level.'
      : `For ${next.level} it lacks: ${next.missing.join(', ')}.`,
    ...sections,
    '',
    `rebuild ${report.rebuild}; stated and signed as sha256:${report.statement.sha256}`,
    '',
  ].join('\n');
}

function line({ name, value, basis, evidence }: Fact, width: number): string {
  const word = value === true ? 'yes    ' : value === false ? 'NO     ' : 'unknown';
  return `  ${word}  ${name.padEnd(width)}  ${basis}: ${printable(evidence, evidenceMax)}`;
}
