import { sql } from 'kysely';
import type { JobKind, ProgressEvent } from '#schemas/jobs.ts';
import type { RebuildEvent } from '#schemas/rebuild.ts';
import { changeChannel, type Tx } from './deps.ts';

type EventBody = Omit<RebuildEvent, 'seq' | 'at'>;

/** After so many events of one rebuild further log lines are dropped (the whole log is kept as an object). */
const eventsMax = 50_000;

/**
 * Appends events in order; the rebuild's row lock makes `seq` gapless. An event is a change: the revision grows with it,
 * and whoever waits is woken.
 */
export async function appendEvents(tx: Tx, rebuildId: string, bodies: readonly EventBody[]): Promise<void> {
  if (bodies.length === 0) return;
  const { event_seq: last } = await tx
    .updateTable('rebuilds')
    .set((eb) => ({ event_seq: eb('event_seq', '+', bodies.length), revision: eb('revision', '+', 1) }))
    .where('id', '=', rebuildId)
    .returning('event_seq')
    .executeTakeFirstOrThrow();
  const first = last - bodies.length + 1;
  const rows = bodies
    .map((body, index) => ({ rebuild_id: rebuildId, seq: first + index, body: JSON.stringify(body) }))
    .filter(({ seq }, index) => seq <= eventsMax || bodies[index]?.type !== 'log');
  if (rows.length > 0) await tx.insertInto('events').values(rows).execute();
  await notifyChange(tx, rebuildId);
}

export async function notifyChange(tx: Tx, rebuildId: string): Promise<void> {
  await sql`select pg_notify(${changeChannel}, ${rebuildId})`.execute(tx);
}

/** Where in a rebuild an event belongs: attempt 0 is none. */
export function placeOf(stage: JobKind, attempt: number): Pick<EventBody, 'stage' | 'attempt'> {
  return attempt > 0 ? { stage, attempt } : { stage };
}

/** A worker's progress as an event of its rebuild. */
export function progressBody(event: ProgressEvent, stage: JobKind, attempt: number): EventBody {
  const where = placeOf(stage, attempt);
  switch (event.type) {
    case 'step':
      return { type: 'step', ...where, name: event.name, state: event.state };
    case 'log':
      return { type: 'log', ...where, stream: event.stream, text: event.line };
    case 'note':
      return { type: 'note', ...where, text: event.text };
  }
}
