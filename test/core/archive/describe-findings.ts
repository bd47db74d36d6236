import { findingCatalogue, type FindingId } from '#core/archive/findings.ts';
import { tinyArchives } from './tiny-archives.ts';

/** What only a comparison can make: not an archive but a pair. */
const pairs: Readonly<Partial<Record<FindingId, string>>> = {
  'executable-differs': 'two tars of one file, mode 0644 and 0755',
};

/** docs/findings.md, made from the list of findings and the tiny archives that tests find them in. */
export function describeFindings(): string {
  const ids = Object.keys(findingCatalogue) as FindingId[];
  const rows = ids.map((id) => {
    const { severity, title, risk } = findingCatalogue[id];
    const archives = Object.keys(tinyArchives[id] ?? {}).join('; ');
    return `| \`${id}\` | ${severity} | ${title} | ${risk} | ${pairs[id] ?? archives} |`;
  });
  return `# Findings

Facts of an archive that can fool who reads or unpacks it. Made by \`node scripts/write-finding-docs.ts\` from
\`core/archive/findings.ts\` and \`test/core/archive/tiny-archives.ts\`. A test compares each tiny archive of the last column
with a harmless one, in both directions: it is found, on the right side, and no pass hides it.

\`warning\` and \`danger\` on one side only make the two files \`different\`, whatever passes set aside. \`info\` is told and
forbids nothing.

| id | severity | what | what could come of it | tiny archives that have it |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
