import type { Evidence, Explainer } from '../explainer.ts';
import { timestampsOnly } from '../timestamps.ts';
import { differingLines } from '../tokens.ts';

/** The clock of a time: hours, then minutes and seconds. */
function clockOf(text: string): { hours: number; rest: string } | undefined {
  const match = /(\d{1,2}):(\d{2}(?::\d{2})?)/.exec(text);
  return match ? { hours: Number(match[1]), rest: match[2] ?? '' } : undefined;
}

/** Minutes and seconds are the same and the hours are not: two clocks that were read at once in two zones. */
function zonesApart(a: string, b: string): boolean {
  const [one, other] = [clockOf(a), clockOf(b)];
  return one !== undefined && other !== undefined && one.rest === other.rest && one.hours !== other.hours;
}

/** Zip times are local times without a zone. */
function sameMinutes(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' && zonesApart(a, b);
}

export const timeZone: Explainer = {
  meta: {
    id: 'time-zone',
    title: 'A time was written in the time zone of whoever built it',
    remedy: 'Set TZ=UTC for the build, or write times in UTC (date -u, ZonedDateTime in UTC).',
    looksLike: 'pkg/m.py  mtime\n  a: 2026-11-22 12:00:00\n  b: 2026-11-22 21:00:00',
    why: 'Zip stores local time without a zone, and programs write local time where they are not told otherwise: the same moment reads otherwise in another zone.',
    fixes: {
      'zip, jar': 'TZ=UTC zip -X; jar --date',
      'make, shell': 'date -u',
      Python: 'datetime.now(timezone.utc); time.gmtime',
      'Java, Maven, Gradle': 'ZoneOffset.UTC; -Duser.timezone=UTC',
      npm: 'toISOString()',
      dpkg: 'export TZ=UTC in debian/rules',
      Docker: 'ENV TZ=UTC',
    },
    needs: ['fields', 'content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const delta of facts.deltas) {
      if (delta.kind === 'metadata' && delta.format === 'zip' && delta.field === 'mtime') {
        if (sameMinutes(delta.a, delta.b)) evidence.push({ delta, a: delta.a, b: delta.b });
        continue;
      }
      const view = delta.kind === 'content' ? facts.view(delta) : undefined;
      if (view === undefined) continue;
      for (const line of differingLines(view)) {
        const pairs = timestampsOnly(line.a, line.b) ?? [];
        if (pairs.length === 0 || !pairs.every(({ a, b }) => zonesApart(a, b))) continue;
        evidence.push(
          ...pairs.map(({ a, b, column }) => ({ delta, offset: line.offset + column, a, b })).slice(0, 5),
        );
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'possible', evidence };
  },
};
