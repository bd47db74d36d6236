import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Archive } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';
import { epochOf, localSeconds } from './moments.ts';
import type { TimestampPair } from './timestamps.ts';

const quarterHour = 900;
/** From UTC-12 to UTC+14. */
const apartMax = 26 * 3600;
const day = 24 * 3600;

/** Whether local times so many seconds apart can be one moment in two zones. A whole day is rather another day. */
function isShift(seconds: number): boolean {
  return seconds % day !== 0 && Math.abs(seconds) <= apartMax && seconds % quarterHour === 0;
}

/**
 * Whether two spellings are one moment in two zones: `likely` where the zones are told, `possible` where only the
 * minutes and seconds are the same.
 */
export function zonesApart({ momentA, momentB }: TimestampPair): 'likely' | 'possible' | undefined {
  const [a, b] = [momentA.parts, momentB.parts];
  if (a.seconds === undefined || b.seconds === undefined) return undefined;
  const [localA, localB] = [localSeconds(a), localSeconds(b)];
  const shift = localA !== undefined && localB !== undefined ? localA - localB : a.seconds - b.seconds;
  const told = a.zone !== b.zone;
  const [epochA, epochB] = [epochOf(momentA), epochOf(momentB)];
  if (told && epochA !== undefined && epochB !== undefined) return epochA === epochB ? 'likely' : undefined;
  // The day or the year can be another, too, where only the time of day is told.
  const shifted = isShift(shift) || (localA === undefined && isShift(shift % day));
  if (!shifted) return undefined;
  return told ? 'likely' : a.zone === undefined ? 'possible' : undefined;
}

/** A zip's times are local times without a zone. */
function zipSeconds(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(value)) return undefined;
  const milliseconds = Date.parse(`${value}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Whether both members have their time in UTC, too, and it is another one. */
function isOtherMoment({ entryA, entryB }: Delta): boolean {
  const [a, b] = [entryA?.fields['extra_times'], entryB?.fields['extra_times']];
  return a !== undefined && b !== undefined && a !== b;
}

const knownShifts = new WeakMap<ComparisonFacts, ReadonlyMap<Delta, 'likely' | 'possible'>>();

/**
 * The times of zip members that are one moment in two zones: all that differ in an archive are apart by the same whole
 * quarter hours. `likely` where there are several, or where the member has its time in UTC, too, and that is the same.
 */
export function zipShifts(facts: ComparisonFacts): ReadonlyMap<Delta, 'likely' | 'possible'> {
  const found = knownShifts.get(facts) ?? findZipShifts(facts);
  knownShifts.set(facts, found);
  return found;
}

function findZipShifts({ deltas }: ComparisonFacts): Map<Delta, 'likely' | 'possible'> {
  const archives = new Map<Archive, { delta: Delta; shift: number }[]>();
  for (const delta of deltas) {
    if (delta.kind !== 'metadata' || delta.format !== 'zip' || delta.field !== 'mtime') continue;
    const [a, b] = [zipSeconds(delta.a), zipSeconds(delta.b)];
    if (delta.archiveA === undefined) continue;
    const own = archives.get(delta.archiveA) ?? [];
    archives.set(delta.archiveA, own);
    own.push({ delta, shift: a === undefined || b === undefined || isOtherMoment(delta) ? 0 : a - b });
  }
  const shifts = new Map<Delta, 'likely' | 'possible'>();
  for (const members of archives.values()) {
    const shift = members[0]?.shift ?? 0;
    if (!isShift(shift) || !members.every((member) => member.shift === shift)) continue;
    const times = new Set(members.map(({ delta }) => delta.a));
    for (const { delta } of members) {
      const utc = delta.entryA?.fields['extra_times'];
      const sameUtc = utc !== undefined && utc === delta.entryB?.fields['extra_times'];
      shifts.set(delta, times.size > 1 || sameUtc ? 'likely' : 'possible');
    }
  }
  return shifts;
}
