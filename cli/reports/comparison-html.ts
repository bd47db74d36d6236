import { html, raw } from 'hono/html';
import { printable } from '#core/text/printable.ts';
import type { Cause, Comparison, Difference, Finding } from '#schemas/comparison.ts';
import { foldDifferences, type Fold } from './comparison-fold.ts';
import { comparisonSentence, differenceWords, placeOf, type ComparisonNames } from './comparison-words.ts';
import { reportStyle } from './report-style.ts';

/** What `html` gives: text in which all that was put in is escaped. */
type Markup = ReturnType<typeof html>;

/** Members of a list that stand open; more are folded into parts of this size. */
const openMax = 200;
const membersMax = 500;

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
        ${section('Why, most likely first', causes.map(causeItem))}
        ${section('The same in many members', folds.map(foldItem))}
        ${section(`Where (${differencesTotal} in all)`, parts(single.map(differenceItem)))}
        ${section(
          `Set aside (${aside} listed)`,
          passes.map(
            ({ id, title, membersTotal, fields, bytes, members }) =>
              html`<details>
                <summary>
                  ${title} <code>${id}</code>: ${membersTotal} members, ${fields.join(', ')}, ${bytes} bytes
                </summary>
                ${list(members.slice(0, membersMax).map((name) => code(printable(name, 300))))}
                ${rest(membersTotal, membersMax)}
              </details>`,
          ),
        )}
        ${section('Findings', parts(findings.map(findingItem)))}
        ${section(
          'Cut',
          cut.map((text) => html`<p>${printable(text, 300)}</p>`),
        )}
        <footer>
          Made by <code>assay diff</code>. <code>--format json</code> has every difference that is listed, and
          what a budget cut stands under “Cut”.
        </footer>
      </body>
    </html>`;
  return `${String(page)}\n`;
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

/** A long list in parts that open one by one. */
function parts(items: readonly Markup[]): Markup[] {
  if (items.length <= openMax) return items.length === 0 ? [] : [list(items)];
  const folded: Markup[] = [];
  for (let from = 0; from < items.length; from += openMax) {
    const part = items.slice(from, from + openMax);
    folded.push(
      html`<details ${from === 0 ? raw('open') : ''}>
        <summary>${from + 1} to ${from + part.length} of ${items.length}</summary>
        ${list(part)}
      </details>`,
    );
  }
  return folded;
}

function list(items: readonly Markup[]): Markup {
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

function rest(total: number, listed: number): Markup {
  return total > listed ? html`<p>… and ${total - listed} more: --format json lists them</p>` : html``;
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

function causeItem({ id, title, confidence, remedy, evidence }: Cause): Markup {
  return html`<details open>
    <summary><strong>${title}</strong> (${confidence}) <code>${id}</code></summary>
    <p class="remedy">To fix it: ${remedy}</p>
    ${list(
      evidence.slice(0, 10).map(({ path, field, offset, a, b }) => {
        const words = differenceWords({ kind: 'metadata', path, field: field ?? 'content', a, b });
        return html`${code(placeOf(path))} ${words}${offset === undefined ? '' : ` (at byte ${offset})`}`;
      }),
    )}
    ${rest(evidence.length, 10)}
  </details>`;
}

function foldItem({ sample, paths }: Fold): Markup {
  return html`<details>
    <summary>${code(differenceWords(sample))} in ${paths.length} members ${causeOf(sample)}</summary>
    ${list(paths.slice(0, membersMax).map((path) => code(placeOf(path))))} ${rest(paths.length, membersMax)}
  </details>`;
}

function differenceItem(difference: Difference): Markup {
  const { path, kind, a, b } = difference;
  const sides =
    kind === 'content' && (typeof a === 'string' || typeof b === 'string')
      ? html`<pre><del>${shown(a)}</del>
<ins>${shown(b)}</ins></pre>`
      : html``;
  return html`${code(placeOf(path))} ${differenceWords(difference)} ${causeOf(difference)}${sides}`;
}

function shown(value: string | null | undefined): string {
  return value === null || value === undefined ? '(absent)' : printable(value, 1000);
}

function causeOf({ cause }: Difference): Markup {
  return cause === undefined ? html`` : html`<code class="cause">${cause}</code>`;
}

const where = { a: 'in the first file', b: 'in the second file', both: 'in both' } as const;

function findingItem({ id, severity, side: which, path, offset, detail }: Finding): Markup {
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  return html`<strong class="${severity}">${severity}</strong> <code>${id}</code> ${where[which]}${at},
    ${code(placeOf(path))}: ${printable(detail, 300)}`;
}
