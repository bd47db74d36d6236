import type { ExplainerMeta } from './explainer.ts';
import { explainers as allExplainers } from './explainers.ts';

const kinds: Readonly<Record<NonNullable<ExplainerMeta['proposes']>[number], string>> = {
  clock: 'the clock',
  variable: 'an environment variable',
  umask: 'the umask',
  tool: "a tool's version",
  'build-path': 'the folder of the build',
  step: 'a step after the build',
};

/** Text in a cell of a table. What is to be typed stands between backticks; elsewhere no sign is Markdown's. */
function cell(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/[\\*_<>[\]]/g, String.raw`\$&`) : part))
    .join('`')
    .replaceAll('|', String.raw`\|`);
}

function describeCause(meta: ExplainerMeta): string {
  const fixes = Object.entries(meta.fixes).map(([tool, fix]) => `| ${cell(tool)} | ${cell(fix)} |`);
  const proposes = (meta.proposes ?? []).map((kind) => kinds[kind]);
  return [
    `## ${meta.id}\n\n${meta.title}.`,
    `\`\`\`text\n${meta.looksLike}\n\`\`\``,
    `*Why:* ${meta.why}`,
    `*To fix it:* ${meta.remedy}`,
    ...(fixes.length === 0 ? [] : [`| with | fix |\n|---|---|\n${fixes.join('\n')}`]),
    `*Told by:* ${meta.needs.join(', ')}. *Proposed change to the recipe:* ${proposes.join(', ') || 'none'}.`,
  ].join('\n\n');
}

/** docs/causes.md, made from the explainers. */
export function describeCauses(explainers = allExplainers): string {
  const rows = explainers.map(
    ({ meta: { id, title, needs } }) => `| [\`${id}\`](#${id}) | ${cell(title)} | ${needs.join(', ')} |`,
  );
  return `# Causes

What makes two builds of one source differ, as far as Assay can tell it from the bytes. Made by
\`node scripts/write-cause-docs.ts\` from \`core/explain/explainers.ts\`; each is one small file beside it. Where several
claim one difference, the earlier one is its cause.

A cause is told with its evidence (member, offset, both values) and a confidence: \`possible\`, \`likely\`, or \`confirmed\` by
an experiment (\`assay check --vary\`). Each section shows what a report shows of it, how it comes about, and what to
write in each build tool.

| id | cause | told by |
|---|---|---|
${rows.join('\n')}

${explainers.map(({ meta }) => describeCause(meta)).join('\n\n')}
`;
}
