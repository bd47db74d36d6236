import type { ContentView } from '#core/compare/content-view.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { collectEvidence, type Found } from '../collect-evidence.ts';
import type { Explainer } from '../explainer.ts';
import { sameInOtherWords } from '../languages.ts';
import { reorderedLines } from '../reordered-lines.ts';
import { isSortedByOtherRules } from '../sorting.ts';
import { timestampsOnly } from '../timestamps.ts';
import { differingLines, tokensOnly } from '../tokens.ts';
import { inOtherTongues } from '../tongues.ts';
import { localeName } from '../values.ts';

const number = /(?<![\w.,])[+-]?\d{1,3}(?:[.,'\u00a0\u202f ]?\d{3}){0,5}(?:[.,]\d{1,20})?(?![\w]|[.,]\d)/gu;

/** The digits of a number; the sign before its last digits is left in, as a point. */
function plain(text: string): string {
  return text.replace(/[.,](?=\d{1,20}$)/, 'p').replaceAll(/[.,'\u00a0\u202f ]/gu, '');
}

/** 3.14 and 3,14; 1,234,567 and 1.234.567 and 1234567. */
function numbersOnly(a: string, b: string): boolean {
  const pairs = tokensOnly(a, b, number) ?? [];
  const digits = (text: string) => text.replaceAll(/[^\d+-]/g, '');
  return (
    pairs.length > 0 &&
    pairs.every(
      (pair) =>
        digits(pair.a) === digits(pair.b) && (plain(pair.a) === plain(pair.b) || isGrouped(pair.a, pair.b)),
    )
  );
}

/** Thousands apart on one side, together on the other. */
function isGrouped(a: string, b: string): boolean {
  const grouped = /^[+-]?\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+$/u;
  return (
    [a, b].some((text) => grouped.test(text)) &&
    [a, b].every((text) => grouped.test(text) || /^[+-]?\d+$/.test(text))
  );
}

/** Letters beyond ASCII on one side, `?` or an escape for each on the other. */
function lettersLost(a: string, b: string): boolean {
  const stood = (text: string) => text.replaceAll(/\P{ASCII}/gu, '?').replaceAll(/\?+/g, '?');
  const escaped = (text: string) =>
    text
      .replaceAll(/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-3][0-7]{2})/gi, '?')
      .replaceAll(/\P{ASCII}/gu, '?')
      .replaceAll(/\?+/g, '?');
  const beyond = (text: string) => /\P{ASCII}/u.test(text);
  return beyond(a) !== beyond(b) && (stood(a) === stood(b) || escaped(a) === escaped(b));
}

function numericDates(a: string, b: string): boolean {
  const fields = (text: string) =>
    (text.match(/\d+/g) ?? [])
      .map((field) => field.replace(/^0/, ''))
      .sort()
      .join();
  const numeric = /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}$/;
  return numeric.test(a) && numeric.test(b) && fields(a) === fields(b);
}

function lineFound({ a, b }: { readonly a: string; readonly b: string }): Omit<Found, 'offset'> | undefined {
  if (a.length > 4000 || b.length > 4000) return undefined;
  const moment = (timestampsOnly(a, b) ?? []).find(
    (pair) => sameInOtherWords(pair) || numericDates(pair.a, pair.b),
  );
  if (moment !== undefined) return { a: moment.a, b: moment.b, confidence: 'likely' };
  const name = tokensOnly(a, b, localeName)?.[0];
  if (name !== undefined) return { a: name.a, b: name.b, confidence: 'likely' };
  if (numbersOnly(a, b)) return { a, b, confidence: 'likely' };
  if (lettersLost(a, b)) return { a, b, confidence: 'likely' };
  return inOtherTongues(a, b) ? { a, b, confidence: 'possible' } : undefined;
}

function foundIn(view: ContentView): Found[] {
  const order = reorderedLines(view);
  if (order !== undefined)
    return isSortedByOtherRules(order.a, order.b) ? [{ ...order.first, confidence: 'likely' }] : [];
  return differingLines(view).flatMap((line) => {
    const found = lineFound(line);
    return found === undefined ? [] : [{ ...found, offset: line.offset }];
  });
}

export const locale: Explainer = {
  meta: {
    id: 'locale',
    title: 'Text was sorted, spelled or translated by the locale of whoever built it',
    remedy: 'Set LC_ALL=C.UTF-8 for the build; in programs, sort and format without a locale.',
    looksLike:
      'files.list  offset 0\n  a: README\n  b: apple.c\n  the same lines, sorted by the rules of C and of en_US\nreport.txt  offset 40\n  a: So 22. Nov 12:00:00 UTC 2026\n  b: Sun Nov 22 12:00:00 UTC 2026',
    why: 'sort, ls, date, printf and gettext follow LC_ALL, LC_COLLATE, LC_TIME, LC_NUMERIC and LANG: C sorts capitals before small letters, languages sort them together, and write dates, numbers and messages in their own way.',
    fixes: {
      'make, shell': '`export LC_ALL=C.UTF-8`; `LC_ALL=C sort`',
      Python:
        '`sorted()` follows no locale; no `locale.setlocale(locale.LC_ALL, "")`; `open(…, encoding="utf-8")`',
      Perl: 'no `use locale`',
      Java: '`String.format(Locale.ROOT, …)`, `toLowerCase(Locale.ROOT)`',
      Maven: '`<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>`; `-Duser.language=en`',
      Gradle: '`org.gradle.jvmargs=-Duser.language=en -Dfile.encoding=UTF-8`',
      npm: 'no `localeCompare` and `toLocaleString` without a locale',
      'CMake, Autotools': '`LC_ALL=C.UTF-8 cmake --build .`',
      dpkg: '`export LC_ALL=C.UTF-8` in debian/rules',
      Docker: '`ENV LC_ALL=C.UTF-8`',
    },
    needs: ['content', 'names'],
    proposes: ['variable'],
  },
  explain(facts) {
    const { evidence, likely: likelyWithin } = collectEvidence(facts, foundIn);
    let likely = likelyWithin;
    for (const delta of facts.deltas) {
      if (delta.kind !== 'order') continue;
      const names = (archive: typeof delta.archiveA) => (archive?.entries ?? []).map(({ name }) => name);
      if (!isSortedByOtherRules(names(delta.archiveA), names(delta.archiveB))) continue;
      evidence.push({ delta, a: delta.a, b: delta.b });
      likely = true;
    }
    const change: RecipeChange = { kind: 'variable', name: 'LC_ALL', value: 'C.UTF-8' };
    if (evidence.length === 0) return undefined;
    return { confidence: likely ? 'likely' : 'possible', evidence, change };
  },
};
