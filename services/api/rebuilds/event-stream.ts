import type { RebuildEvent } from '#schemas/rebuild.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';

const batchMax = 500;
/** The longest silence: then a comment keeps proxies from closing, and what no notice came for is looked up. */
const silenceMs = 5000;

/** One event as server-sent event. JSON has no raw line ends, so hostile text cannot end the event or forge another. */
export function formatEvent(event: RebuildEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * The events of a rebuild after `afterSeq` as server-sent events (WHATWG HTML section 9.2), until the verdict's or until
 * `signal` aborts.
 */
export async function* eventStream(
  plane: ControlPlane,
  caller: Caller,
  id: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = afterSeq;
  let seen = { revision: 0, finished: false };
  yield 'retry: 2000\n\n';
  while (!signal.aborted) {
    const events = await plane.events(caller, id, last, batchMax);
    if (events.length > 0) yield events.map(formatEvent).join('');
    last = events.at(-1)?.seq ?? last;
    if (events.some(({ type }) => type === 'verdict')) return;
    if (events.length > 0) continue;
    if (seen.finished) return;
    const { result, revision } = await plane.rebuild(caller, id);
    const unchanged = revision === seen.revision;
    seen = { revision, finished: result.verdict !== 'pending' };
    if (!unchanged) continue;
    await plane.waitForChange(id, revision, silenceMs, signal);
    yield ': still here\n\n';
  }
}
