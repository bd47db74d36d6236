import { AppError } from '#core/errors/app-error.ts';
import type { GatewayGrant, Served } from '#schemas/gateway.ts';
import type { Asked, GatewayDeps, Reply } from './session.ts';

const sessionsMax = 100;

/**
 * Answers builds from the record of an earlier attempt, byte for byte, and from nothing else: there is no upstream
 * here. What was asked several times is answered in the recorded order, the last answer again after that.
 */
export class Replays {
  readonly #deps: Pick<GatewayDeps, 'api' | 'files' | 'fileBytesMax' | 'now' | 'stop'>;
  readonly #sessions = new Map<string, Promise<Map<string, Served[]>>>();

  constructor(deps: Pick<GatewayDeps, 'api' | 'files' | 'fileBytesMax' | 'now' | 'stop'>) {
    this.#deps = deps;
  }

  /** @throws AppError `conflict` for what the record does not have, `not-found` where its bytes are gone */
  async answer(asked: Asked, grant: GatewayGrant): Promise<Reply> {
    const answers = (await this.#recordOf(grant, asked.signal)).get(asked.path) ?? [];
    const fitting = answers.filter((one) => fits(one, asked.accept));
    const served = fitting.length > 1 ? take(answers, fitting[0]) : fitting[0];
    if (served === undefined)
      throw new AppError(
        'conflict',
        'The earlier attempt did not ask for that, so a replay cannot answer it.',
      );
    const file = await this.#deps.files.fill(served.sha256, (path) =>
      this.#deps.api.fetch(served.sha256, path, {
        sizeMax: this.#deps.fileBytesMax,
        signal: this.#deps.stop,
      }),
    );
    if (file === undefined)
      throw new AppError(
        'not-found',
        `What the record was served (sha256:${served.sha256}) is no longer kept.`,
      );
    await this.#deps.api.record(
      grant.sessionId,
      grant.fence,
      { ...served, at: this.#deps.now().toISOString() },
      asked.signal,
    );
    return { status: served.status, contentType: served.contentType, body: file };
  }

  #recordOf(grant: GatewayGrant, signal: AbortSignal): Promise<Map<string, Served[]>> {
    const key = `${grant.sessionId}/${grant.fence}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const reading = this.#deps.api
      .replay(grant.sessionId, signal)
      .then((record) => Map.groupBy(record, ({ path }) => path));
    this.#sessions.set(key, reading);
    reading.catch(() => this.#sessions.delete(key));
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > sessionsMax && oldest !== undefined) this.#sessions.delete(oldest);
    return reading;
  }
}

/** An index has one answer in JSON and one in HTML, as the client asks. */
function fits(served: Served, accept: string | undefined): boolean {
  return served.kind !== 'index' || served.contentType.includes('json') === (accept ?? '').includes('json');
}

/** In the recorded order; the last one stays. */
function take(answers: Served[], one: Served | undefined): Served | undefined {
  if (one !== undefined) answers.splice(answers.indexOf(one), 1);
  return one;
}
