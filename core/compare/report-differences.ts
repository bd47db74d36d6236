import { bounded } from '#core/archive/reading.ts';
import type { Difference } from '#schemas/comparison.ts';
import type { Cut } from '#schemas/cut.ts';
import { describeContent } from './content-view.ts';
import type { Delta } from './delta.ts';
import type { ComparisonFacts } from './facts.ts';
import type { CompareOptions } from './options.ts';
import { PartsList } from './report-inside.ts';

const differencesMaxDefault = 10_000;
/** Of the list as JSON: what is hostile can make each difference large. */
const listBytesMax = 48 * 1024 ** 2;

function show(value: string | null | undefined): string | null | undefined {
  return value === null || value === undefined ? value : bounded(value, 1000);
}

function toDifference(
  facts: ComparisonFacts,
  parts: PartsList,
  delta: Delta,
  pass: string | undefined,
  cause: string | undefined,
): Difference {
  const view = facts.view(delta);
  const content = view === undefined ? undefined : describeContent(view);
  const a = show(content?.a ?? delta.a);
  const b = show(content?.b ?? delta.b);
  const offset = content?.offset ?? delta.offset;
  const detail = delta.detail ?? content?.detail;
  return {
    kind: delta.kind,
    path: delta.path.slice(0, 16),
    ...(delta.pathB === undefined ? {} : { pathB: delta.pathB.slice(0, 16) }),
    ...(delta.field === undefined ? {} : { field: bounded(delta.field, 64) }),
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
    ...(offset === undefined ? {} : { offset }),
    ...(detail === undefined ? {} : { detail }),
    ...(delta.pairedBy === undefined ? {} : { pairedBy: delta.pairedBy }),
    ...(view?.inside === undefined ? {} : { inside: parts.list(view.inside) }),
    ...(cause === undefined ? {} : { cause }),
    ...(pass === undefined ? {} : { pass }),
  };
}

/** Differences as they are reported. What no pass sets aside is listed first where not all can be. */
export function reportDifferences(
  facts: ComparisonFacts,
  passOf: ReadonlyMap<Delta, string>,
  causeOf: ReadonlyMap<Delta, string>,
  { differencesMax = differencesMaxDefault, partsMax }: Pick<CompareOptions, 'differencesMax' | 'partsMax'>,
): { differences: Difference[]; cut: Cut[] } {
  const { deltas } = facts;
  let listed = deltas;
  if (deltas.length > differencesMax) {
    const open = deltas.filter((delta) => !passOf.has(delta));
    const kept = new Set([...open, ...deltas.filter((delta) => passOf.has(delta))].slice(0, differencesMax));
    listed = deltas.filter((delta) => kept.has(delta));
  }
  const parts = new PartsList(partsMax);
  const differences: Difference[] = [];
  let bytes = 0;
  for (const delta of listed) {
    const difference = toDifference(facts, parts, delta, passOf.get(delta), causeOf.get(delta));
    bytes += Buffer.byteLength(JSON.stringify(difference));
    if (bytes > listBytesMax) break;
    differences.push(difference);
  }
  const cut: Cut[] = [];
  if (differences.length < deltas.length)
    cut.push({
      kind: 'unlisted',
      detail: `${differences.length} of ${deltas.length} differences are listed`,
    });
  if (parts.cut !== undefined) cut.push(parts.cut);
  return { differences, cut };
}
