import { html, raw } from 'hono/html';

/** What `html` gives: text in which all that was put in is escaped. */
export type Markup = ReturnType<typeof html>;

/** Items that stand in one list; more are folded into lists of this size, and these into groups of as many. */
const listMax = 200;
const groupMax = 50;

export function htmlList(items: readonly Markup[]): Markup {
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li> `)}
  </ul>`;
}

/**
 * A list of any length: a long one as lists that open one by one, so that a browser lays out only what is looked at.
 * `nameOf` says what stands at a place, to find one's way by.
 */
export function foldedItems(items: readonly Markup[], nameOf?: (at: number) => string): Markup[] {
  if (items.length <= listMax) return items.length === 0 ? [] : [htmlList(items)];
  const folded: Markup[] = [];
  for (let from = 0; from < items.length; from += listMax) {
    const part = items.slice(from, from + listMax);
    folded.push(foldedPart(from, from + part.length, items.length, from === 0, [htmlList(part)], nameOf));
  }
  if (folded.length <= groupMax) return folded;
  const groups: Markup[] = [];
  for (let from = 0; from < folded.length; from += groupMax) {
    const to = Math.min((from + groupMax) * listMax, items.length);
    const inner = folded.slice(from, from + groupMax);
    groups.push(foldedPart(from * listMax, to, items.length, from === 0, inner, nameOf));
  }
  return groups;
}

function foldedPart(
  from: number,
  to: number,
  total: number,
  open: boolean,
  inner: readonly Markup[],
  nameOf: ((at: number) => string) | undefined,
): Markup {
  const names =
    nameOf === undefined ? '' : html`: <code>${nameOf(from)}</code> … <code>${nameOf(to - 1)}</code>`;
  return html`<details ${open ? raw('open') : ''}>
    <summary>${from + 1} to ${to} of ${total}${names}</summary>
    ${inner}
  </details>`;
}
