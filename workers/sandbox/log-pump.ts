import { StringDecoder } from 'node:string_decoder';
import { cleanLogLine } from '#core/text/log-line.ts';

export type LogStream = 'stdout' | 'stderr';

/** More of one line is not even held in memory: the rest, up to its line feed, is dropped. */
const rawLineLengthMax = 65_536;

export interface LogPump {
  /** Bytes as the build wrote them. */
  write(stream: LogStream, chunk: Buffer): void;
  /** Hands out what came after the last line feed. Call it once, when both streams have ended. */
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
  const states = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '' },
    stderr: { decoder: new StringDecoder('utf8'), rest: '' },
  };
  return {
    write(stream, chunk) {
      if (bytes > options.bytesMax) return;
      bytes += chunk.length;
      if (bytes > options.bytesMax) {
        options.onExceeded();
        return;
      }
      const state = states[stream];
      const lines = state.decoder.write(chunk).split('\n');
      const last = lines.pop() ?? '';
      for (const line of lines) {
        options.line(stream, cleanLogLine(state.rest + line));
        state.rest = '';
      }
      state.rest = (state.rest + last).slice(0, rawLineLengthMax);
    },
    end() {
      if (bytes > options.bytesMax) return;
      for (const stream of ['stdout', 'stderr'] as const) {
        const { decoder, rest } = states[stream];
        const text = rest + decoder.end();
        if (text !== '') options.line(stream, cleanLogLine(text));
      }
    },
  };
}
