/** A code span: in it only backticks mean anything, and the bar in tables. CommonMark 6.1 */
export function codeSpan(text: string): string {
  const safe = text.replaceAll('|', '¦');
  const fence = longerThanAny(safe, 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}

/** A fenced block of printable lines, which none of them can end. CommonMark 4.5 */
export function fencedBlock(language: string, lines: readonly string[]): string {
  const fence = longerThanAny(lines.join('\n'), 3);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

function longerThanAny(text: string, least: number): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  return '`'.repeat(Math.max(least, longest + 1));
}

/** A folded list; of what does not fit into `charactersMax`, the number. Empty where there is nothing. */
export function foldedList(title: string, items: readonly string[], charactersMax: number): string[] {
  if (items.length === 0) return [];
  const shown: string[] = [];
  let left = charactersMax;
  for (const item of items) {
    left -= item.length + 1;
    if (left < 0) break;
    shown.push(item);
  }
  const more = items.length - shown.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  return ['', `<details><summary>${title}</summary>`, '', ...shown, ...rest, '', '</details>'];
}
