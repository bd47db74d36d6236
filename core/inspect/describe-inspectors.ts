import { inspectors } from './inspectors.ts';

/** docs/formats.md, made from the inspectors. */
export function describeInspectors(): string {
  return [
    '# Formats that are looked into',
    '',
    'Where two contents differ, the first of these that both are says where: a list of places, each `added`, `removed`,',
    '`changed` or `reordered`, named as its format divides it, with both values. Made by `node',
    'scripts/write-format-docs.ts` from `core/inspect/inspectors.ts`, in the order in which they are asked; each is one',
    'small file in `core/inspect/formats`, and one more adds a format.',
    '',
    '| id | format |',
    '|---|---|',
    ...inspectors.map(({ id, title }) => `| \`${id}\` | ${title.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
}
