import { html, raw } from 'hono/html';
import { printable } from '#core/text/printable.ts';
import type { Difference, Inside, Part } from '#schemas/comparison.ts';
import { insideOf, partWords } from './comparison-parts.ts';
import { differenceWords, placeOf } from './comparison-words.ts';
import { foldedItems, type Markup } from './html-list.ts';
import { tellingParts } from './telling-parts.ts';

/** One difference; with `open`, what is inside its content stands open. */
export function differenceItem(difference: Difference, open: boolean): Markup {
  const { path, kind, a, b } = difference;
  const line = html`<code>${placeOf(path)}</code> ${differenceWords(difference)}${causeMark(difference)}`;
  const inside = insideOf(difference);
  if (inside !== undefined) {
    return html`<details ${open ? raw('open') : ''}>
      <summary>${line}</summary>
      ${partItems(inside)}
    </details>`;
  }
  const hasText = kind === 'content' && (typeof a === 'string' || typeof b === 'string');
  return hasText
    ? html`${line}
        <pre><del>${shown(a)}</del><ins>${shown(b)}</ins></pre>`
    : line;
}

export function causeMark({ cause }: Difference): Markup {
  return cause === undefined ? html`` : html` <code class="cause">${cause}</code>`;
}

function shown(value: string | null | undefined): string {
  return value === null || value === undefined ? '(absent)' : printable(value, 1000);
}

function partItems(inside: Inside): Markup {
  const more = inside.partsTotal - inside.parts.length;
  const rest = more > 0 ? html`<p>… and ${more} more that are not listed: --all lists more</p>` : '';
  return html`<div class="parts">${foldedItems(tellingParts(inside).map(partItem))}${rest}</div>`;
}

function partItem(part: Part): Markup {
  const { mark, name, a, b, brief } = partWords(part);
  const head = html`<b class="${part.kind}">${mark}</b> <code>${name}</code>`;
  const values = [...a.map((line) => html`<del>${line}</del>`), ...b.map((line) => html`<ins>${line}</ins>`)];
  if (values.length === 0) return head;
  return brief === undefined
    ? html`${head}
        <pre>${values}</pre>`
    : html`${head} <span class="brief">${values}</span>`;
}
