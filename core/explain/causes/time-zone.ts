import type { RecipeChange } from '#schemas/recipe-change.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { zoneOffset } from '../moments.ts';
import { timestampsOnly } from '../timestamps.ts';
import { differingLines, tokensOnly } from '../tokens.ts';
import { zipShifts, zonesApart } from '../zones.ts';

/** A zone by itself: its name in the data base of IANA, or its offset or abbreviation. */
const zoneName =
  /\b(?:(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/[A-Z][\w+-]{1,30}(?:\/[A-Z]\w{1,30})?|UTC|GMT|WES?T|CES?T|EES?T|MSK|[ECMP][SD]T|JST|KST|IST|BST|[AN]Z?[SD]T)\b|(?<![\w:.+-])[+-](?:0\d|1[0-4]):?(?:00|15|30|45)\b/g;

interface Found {
  readonly a: string;
  readonly b: string;
  readonly column: number;
  readonly likely: boolean;
  /** The zone of `a`, as it is written. */
  readonly zone?: string;
}

function foundIn(a: string, b: string): Found[] {
  const pairs = (timestampsOnly(a, b) ?? []).map((pair) => ({ pair, apart: zonesApart(pair) }));
  // One clock was read once, in one zone.
  if (pairs.length > 0 && pairs.every(({ apart }) => apart !== undefined)) {
    return pairs.map(({ pair, apart }) => ({
      a: pair.a,
      b: pair.b,
      column: pair.column,
      likely: apart === 'likely',
      ...(pair.momentA.parts.zone === undefined ? {} : { zone: pair.momentA.parts.zone }),
    }));
  }
  const names = tokensOnly(a, b, zoneName) ?? [];
  return names.map((pair) => ({ ...pair, likely: true, zone: pair.a }));
}

/** TZ for a zone as dates write it; POSIX counts westwards. */
function variableFor(zone: string | undefined): string {
  if (zone?.includes('/') === true) return zone;
  const ahead = zoneOffset(zone);
  if (ahead === undefined || ahead === 0) return 'UTC';
  const minutes = Math.abs(ahead) / 60;
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${ahead > 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

export const timeZone: Explainer = {
  meta: {
    id: 'time-zone',
    title: 'A time was written in the time zone of whoever built it',
    remedy: 'Set TZ=UTC for the build, or write times in UTC (date -u, ZonedDateTime in UTC).',
    looksLike:
      'pkg/m.py  mtime\n  a: 2026-11-22T12:00:00\n  b: 2026-11-22T21:00:00\nbuild-info.txt  offset 6\n  a: 2026-11-22 12:00:00 +0000\n  b: 2026-11-22 21:00:00 +0900',
    why: 'Zip stores local time without a zone, and programs write local time where they are not told otherwise: the same moment reads otherwise in another zone.',
    fixes: {
      'zip, jar': '`TZ=UTC zip -X`; `jar --date`',
      'make, shell': '`date -u`',
      Python: '`datetime.now(timezone.utc)`; `time.gmtime`',
      'Java, Maven, Gradle': '`ZoneOffset.UTC`; `-Duser.timezone=UTC`',
      npm: '`toISOString()`',
      git: '`--date=format-local:` with TZ=UTC',
      dpkg: '`export TZ=UTC` in debian/rules',
      Docker: '`ENV TZ=UTC`',
    },
    needs: ['fields', 'content'],
    proposes: ['variable'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    let zone: string | undefined;
    for (const [delta, confidence] of zipShifts(facts)) {
      evidence.push({ delta, a: delta.a, b: delta.b });
      likely ||= confidence === 'likely';
    }
    for (const { delta, view } of contentViews(facts)) {
      for (const line of differingLines(view)) {
        for (const found of foundIn(line.a, line.b).slice(0, 5)) {
          const offset = line.offset + Buffer.byteLength(line.a.slice(0, found.column));
          evidence.push({ delta, offset, a: found.a, b: found.b });
          likely ||= found.likely;
          zone ??= found.zone;
        }
      }
    }
    if (evidence.length === 0) return undefined;
    const change: RecipeChange = { kind: 'variable', name: 'TZ', value: variableFor(zone) };
    return { confidence: likely ? 'likely' : 'possible', evidence, change };
  },
};
