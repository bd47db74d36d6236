import type { Pass, Scope } from './pass.ts';
import { passes as allPasses } from './passes.ts';

function touchedWords({ formats, fields = [], order, contents }: Scope): string {
  const what = [
    ...(order === true ? ['the order of members'] : []),
    ...fields.map((field) => `\`${field}\``),
    ...(contents === undefined ? [] : [`the content of ${contents.title}`]),
  ];
  return `${formats.join(', ')}: ${what.join(', ')}`;
}

/** docs/passes.md, made from the passes. */
export function describePasses(passes: readonly Pass[] = allPasses): string {
  const rows = passes.map(({ id, title, touches }) => `| \`${id}\` | ${title} | ${touchedWords(touches)} |`);
  const risks = passes.map(({ id, risk }) => `| \`${id}\` | ${risk} |`);
  return `# Passes

What \`equivalent\` rests on. Made by \`node scripts/write-pass-docs.ts\` from \`core/normalize/passes.ts\`; each is one small
file beside it. A pass takes a difference as a whole or not at all. It is asked about nothing but what stands in the
table, and even there it takes only what it understands to the last byte. No two touch the same, so their order decides
nothing, and one comparison is all that is needed: what a pass leaves, it would leave again.

A report says of each pass that fired which members and fields it touched and how many bytes, those of both sides
together: the bytes of the values, or of the fixed fields that hold them. Another order sets no byte aside: the same bytes
are all compared, at another place.

No pass can touch a finding. A finding of \`warning\` or \`danger\` that one side alone has makes the two \`different\`, and at
the member where it stands no pass says anything.

| id | sets aside | touches |
|---|---|---|
${rows.join('\n')}

\`#\` stands for a number. The names of fields are those of [comparison.md](comparison.md).

## What each could hide

| id | what it could hide |
|---|---|
${risks.join('\n')}

## Refusing a pass

\`assay diff --refuse-pass zip-order --refuse-pass tar-owner A B\` compares without these two; \`--refuse-pass all\` sets nothing
aside, so that the answer is \`identical\` or \`different\`. A policy refuses by \`refusedPasses\` ([policy.md](policy.md)),
\`assay verify --accept equivalent\` by the same \`--refuse-pass\`: a signed \`equivalent\` that rests on one of them does not
count. A name that no pass has is an error, never a refusal of
nothing.

## What is never set aside

Modes (a write bit for the group is a difference with the cause \`umask\`), names, links, devices, contents beside those of
the table, extra fields and pax keys that are not known, the owners in a .deb or an image, and whatever is a finding.
`;
}
