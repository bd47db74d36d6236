import { explainers as allExplainers } from './explainers.ts';

/** docs/causes.md, made from the explainers. */
export function describeCauses(explainers = allExplainers): string {
  const rows = explainers.map(
    ({ meta: { id, title, needs } }) => `| [\`${id}\`](#${id}) | ${title} | ${needs.join(', ')} |`,
  );
  const parts = explainers.map(
    ({ meta: { id, title, remedy } }) => `## ${id}\n\n${title}.\n\n*To fix it:* ${remedy}\n`,
  );
  return `# Causes

What makes two builds of one source differ, as far as Assay can tell it from the bytes. Made by
\`node scripts/write-cause-docs.ts\` from \`core/explain/explainers.ts\`; each is one small file beside it. Where several
claim one difference, the earlier one is its cause.

| id | cause | told by |
|---|---|---|
${rows.join('\n')}

${parts.join('\n')}`;
}
