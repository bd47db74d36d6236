import { html, raw } from 'hono/html';
import { printable } from '#core/text/printable.ts';
import type { Cause, Comparison, Finding } from '#schemas/comparison.ts';
import { causeWords, evidenceLines, unexplainedWords } from './comparison-causes.ts';
import { foldDifferences, type Fold } from './comparison-fold.ts';
import { causeMark, differenceItem } from './comparison-html-parts.ts';
import {
  comparisonSentence,
  cutWords,
  differenceWords,
  placeOf,
  type ComparisonNames,
} from './comparison-words.ts';
import { foldedItems, htmlList, type Markup } from './html-list.ts';
import { reportStyle } from './report-style.ts';

/** Contents of which all that is inside stands open. */
const openMax = 10;
const evidenceMax = 10;

/**
 * One file that needs no script and loads nothing: the sentence, why, where, as folding lists. All that the compared
 * files wrote is made printable and then escaped, so that no name of theirs is markup, and a policy in the page forbids
 * whatever might get through.
 */
export function comparisonHtml(comparison: Comparison, names: ComparisonNames): string {
  const { result, a, b, causes, differences, differencesTotal, findings, passes, cut } = comparison;
  const open = differences.filter(({ pass }) => pass === undefined);
  const { folds, single } = foldDifferences(open);
  const sentence = comparisonSentence(comparison, names);
  const aside = differences.length - open.length;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <title>${sentence}</title>
        <style>
          ${raw(reportStyle)}
        </style>
      </head>
      <body>
        <header class="${result}">
          <p class="result">${marks[result]} ${result}</p>
          <h1>${sentence}</h1>
        </header>
        <table>
          <thead>
            <tr>
              <th></th>
              <th>file</th>
              <th>sha256</th>
              <th>bytes</th>
            </tr>
          </thead>
          <tbody>
            ${side('first', names.a, a)}${side('second', names.b, b)}
          </tbody>
        </table>
        ${section('Why, most likely first', [
          ...causes.map((cause) => causeItem(cause, comparison)),
          ...unexplainedItem(comparison),
        ])}
        ${section('The same in many members', folds.map(foldItem))}
        ${section(
          `Where (${differencesTotal} in all)`,
          foldedItems(
            single.map((difference, at) => differenceItem(difference, at < openMax)),
            (at) => placeOf(single[at]?.path ?? []),
          ),
        )}
        ${rest(differencesTotal, differences.length)}
        ${section(
          `Set aside (${aside} listed)`,
          passes.map(
            ({ id, title, membersTotal, fields, bytes, members }) =>
              html`<details>
                <summary>
                  ${title} <code>${id}</code>: ${membersTotal} members, ${fields.join(', ')}, ${bytes} bytes
                </summary>
                ${foldedItems(members.map((name) => code(printable(name, 300))))}
                ${rest(membersTotal, members.length)}
              </details>`,
          ),
        )}
        ${section('Findings', foldedItems(findings.map(findingItem)))}
        ${section(
          'Cut',
          cut.map((each) => html`<p>${cutWords(each)}</p>`),
        )}
        <footer>
          Made by <code>assay diff</code>. What a budget cut stands under “Cut”; <code>--all</code> lists
          more, <code>--format json</code> has all that is listed.
        </footer>
      </body>
    </html>`;
  // No text that is put in has a line of its own, so that white space at their beginning is the template's alone.
  return `${String(page).replace(/\n\s+/g, '\n')}\n`;
}

/** By shape too, not by colour alone. */
const marks = { identical: '●', equivalent: '◐', different: '○' } as const;

function side(label: string, name: string, { digest, size }: Comparison['a']): Markup {
  return html`<tr>
    <th>${label}</th>
    <td>${code(printable(name, 300))}</td>
    <td>${code(digest.sha256)}</td>
    <td>${size}</td>
  </tr>`;
}

function section(title: string, items: readonly Markup[]): Markup {
  return items.length === 0
    ? html``
    : html`<section>
        <h2>${title}</h2>
        ${items}
      </section>`;
}

function rest(total: number, listed: number): Markup {
  return total > listed ? html`<p>… and ${total - listed} more</p>` : html``;
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

function causeItem(cause: Cause, comparison: Comparison): Markup {
  const { id, title, remedy } = cause;
  const lines = evidenceLines(cause);
  return html`<details open>
    <summary><strong>${title}</strong> (${causeWords(cause, comparison)}) <code>${id}</code></summary>
    <p class="remedy">To fix it: ${remedy}</p>
    ${htmlList(lines.slice(0, evidenceMax).map(code))} ${rest(lines.length, evidenceMax)}
  </details>`;
}

/** What no cause explains. */
function unexplainedItem(comparison: Comparison): Markup[] {
  const words = unexplainedWords(comparison);
  return words === undefined ? [] : [html`<p>${words}</p>`];
}

function foldItem({ sample, paths }: Fold): Markup {
  return html`<details>
    <summary>${code(differenceWords(sample))} in ${paths.length} members${causeMark(sample)}</summary>
    ${foldedItems(paths.map((path) => code(placeOf(path))))}
  </details>`;
}

const where = { a: 'in the first file', b: 'in the second file', both: 'in both' } as const;

function findingItem({ id, severity, side: which, path, offset, detail }: Finding): Markup {
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  return html`<strong class="${severity}">${severity}</strong> <code>${id}</code> ${where[which]}${at},
    ${code(placeOf(path))}: ${printable(detail, 300)}`;
}
