import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { AppError } from '#core/errors/app-error.ts';
import type { ProgressEvent } from '#schemas/jobs.ts';
import type { SandboxEvents } from '../sandbox/sandbox.ts';

/** Lines that are shown while a build runs; the log as a whole is an object of its own. */
const shownLinesMax = 5000;
const tailLinesMax = 200;

export interface AttemptLog {
  readonly events: SandboxEvents;
  /** The last lines of the last step, for those who explain its failure. */
  tail(): string;
  /** Completes the file. @throws AppError `unavailable` where a line could not be written, which ends no build */
  end(): Promise<void>;
}

/** Writes each line to the file at `path` and passes the first ones on as progress. */
export function openAttemptLog(path: string, progress: (event: ProgressEvent) => void): AttemptLog {
  const file = createWriteStream(path, { flags: 'wx' });
  // Told at the end: a worker does not die of a full disk, and whoever waits for its job hears why.
  file.on('error', () => undefined);
  const tail: string[] = [];
  let shown = 0;
  return {
    events: {
      stepStarted(name) {
        tail.length = 0;
        file.write(`== ${name}\n`);
        progress({ type: 'step', name, state: 'started' });
      },
      stepEnded(name, exitCode) {
        file.write(`== ${name} ended with exit code ${exitCode ?? 'none'}\n`);
        progress({ type: 'step', name, state: 'ended', exitCode });
      },
      line(stream, text) {
        file.write(`${text}\n`);
        tail.push(text);
        if (tail.length > tailLinesMax) tail.shift();
        shown += 1;
        if (shown <= shownLinesMax) progress({ type: 'log', stream, line: text });
        else if (shown === shownLinesMax + 1)
          progress({ type: 'note', text: 'Further lines are only in the log of the attempt.' });
      },
    },
    tail: () => tail.join('\n'),
    end: async () => {
      file.end();
      await finished(file).catch((cause: Error) => {
        throw new AppError('unavailable', `The log of the build could not be written: ${cause.message}`, {
          hint: "See that the worker's disk has room, and that its folder can be written.",
          cause,
        });
      });
    },
  };
}
