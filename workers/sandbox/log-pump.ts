import { StringDecoder } from 'node:string_decoder';
import { cleanLogLine } from '#core/text/log-line.ts';

export type LogStream = 'stdout' | 'stderr';

/** More of one line is not even held in memory: the rest, up to its line feed, is dropped. */
const rawLineLengthMax = 65_536;

export interface LogPump {
  /** Bytes as the build wrote them. A NUL ends an unfinished line; the supervisor writes one to each stream after each step. */
  write(stream: LogStream, chunk: Buffer): void;
  /** Resolves when each stream has carried `count` NULs, or `end` was called. A build that writes NULs only hastens it. */
  marked(count: number): Promise<void>;
  /** Hands out what came after the last line feed. Call it when nothing more can come. */
  end(): void;
}

/**
 * Turns what a build writes into bounded lines without control sequences. `onExceeded` is called once, when both
 * streams together have carried more than `bytesMax`; nothing is handed out after that.
 */
export function createLogPump(options: {
  readonly bytesMax: number;
  readonly line: (stream: LogStream, text: string) => void;
  readonly onExceeded: () => void;
}): LogPump {
  let bytes = 0;
  let ended = false;
  let waiting: { count: number; resolve: () => void } | undefined;
  const states = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '', marks: 0 },
    stderr: { decoder: new StringDecoder('utf8'), rest: '', marks: 0 },
  };

  function isMarked(count: number): boolean {
    return ended || (states.stdout.marks >= count && states.stderr.marks >= count);
  }

  function take(stream: LogStream, text: string): void {
    const state = states[stream];
    // Odd places hold what ended the piece before them.
    const pieces = text.split(/([\n\0])/);
    for (let at = 0; at + 1 < pieces.length; at += 2) {
      const line = state.rest + (pieces[at] ?? '');
      const isMark = pieces[at + 1] === '\0';
      if (!isMark || line !== '') options.line(stream, cleanLogLine(line));
      if (isMark) state.marks += 1;
      state.rest = '';
    }
    state.rest = (state.rest + (pieces.at(-1) ?? '')).slice(0, rawLineLengthMax);
  }

  return {
    write(stream, chunk) {
      if (bytes > options.bytesMax) return;
      bytes += chunk.length;
      if (bytes > options.bytesMax) {
        options.onExceeded();
        return;
      }
      take(stream, states[stream].decoder.write(chunk));
      if (waiting !== undefined && isMarked(waiting.count)) waiting.resolve();
    },
    async marked(count) {
      if (isMarked(count)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { count, resolve };
      await promise;
    },
    end() {
      ended = true;
      waiting?.resolve();
      if (bytes > options.bytesMax) return;
      for (const stream of ['stdout', 'stderr'] as const) {
        const state = states[stream];
        const text = state.rest + state.decoder.end();
        state.rest = '';
        if (text !== '') options.line(stream, cleanLogLine(text));
      }
    },
  };
}
