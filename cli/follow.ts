import type { RebuildResult } from '#schemas/rebuild.ts';
import type { AssayClient } from './client/client.ts';
import type { CliIo } from './io.ts';
import { eventShower, type Progress } from './progress/progress.ts';

/** Shows a rebuild's events until it has ended. The result is waited for on its own: events are only for showing. */
export async function follow(
  io: CliIo,
  client: AssayClient,
  progress: Progress,
  id: string,
  timeoutMs: number,
): Promise<RebuildResult> {
  const done = new AbortController();
  const stop = AbortSignal.any([done.signal, io.signal]);
  const shown = (async () => {
    const show = eventShower(progress);
    for await (const event of client.events(id, stop)) show(event);
  })();
  try {
    const result = await client.wait(id, timeoutMs);
    progress.end(true);
    return result;
  } finally {
    done.abort();
    await shown.catch(() => undefined);
  }
}
