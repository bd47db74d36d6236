import { AppError } from '#core/errors/app-error.ts';
import { probeBytesMax } from '../probe/script.ts';

/** What the supervisor reports on its control descriptor; see supervisor.ts. */
export type ControlMessage =
  | { readonly kind: 'probe'; readonly text: string }
  | { readonly kind: 'ready' | 'full' | 'done' }
  | { readonly kind: 'start'; readonly index: number }
  | {
      readonly kind: 'end';
      readonly index: number;
      readonly exitCode: number;
      readonly freeBytes: number;
      readonly freeInodes: number;
    }
  | { readonly kind: 'file'; readonly index: number; readonly size: number }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'fault'; readonly text: string };

const lineLengthMax = 256;

const decimal = /^\d{1,15}$/;

/** `count` decimal numbers, or undefined. */
function numbers(fields: readonly string[], count: number): number[] | undefined {
  return fields.length === count && fields.every((field) => decimal.test(field))
    ? fields.map(Number)
    : undefined;
}

function parseLine(line: string): ControlMessage | { kind: 'probe-size'; size: number } {
  const [word = '', ...fields] = line.split(' ');
  if (word === 'fault') return { kind: 'fault', text: fields.join(' ') };
  if ((word === 'ready' || word === 'full' || word === 'done') && fields.length === 0) return { kind: word };
  const [index = 0, second = 0, freeBytes = 0, freeInodes = 0] =
    numbers(fields, { probe: 1, start: 1, end: 4, file: 2 }[word] ?? -1) ?? refuse(line);
  if (word === 'probe') return { kind: 'probe-size', size: index };
  if (word === 'start') return { kind: 'start', index };
  if (word === 'end') return { kind: 'end', index, exitCode: second, freeBytes, freeInodes };
  return { kind: 'file', index, size: second };
}

function refuse(line: string): never {
  throw new AppError(
    'unavailable',
    `The sandbox's supervisor reported what cannot be read: ${JSON.stringify(line.slice(0, 80))}`,
  );
}

/**
 * Reads the supervisor's report. After `file` come `bytes` messages, `size` bytes together. Bounded: nothing but one
 * line or the probe is ever kept.
 * @throws AppError `unavailable` when it is not what a supervisor says
 */
export async function* readControl(chunks: AsyncIterable<Buffer>): AsyncGenerator<ControlMessage> {
  let held: Buffer = Buffer.alloc(0);
  let fileBytes = 0;
  let probe: { size: number } | undefined;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length > 0) {
      if (fileBytes > 0) {
        const bytes = held.subarray(0, fileBytes);
        held = held.subarray(bytes.length);
        fileBytes -= bytes.length;
        yield { kind: 'bytes', bytes };
        continue;
      }
      if (probe !== undefined) {
        if (held.length < probe.size) break;
        yield { kind: 'probe', text: held.subarray(0, probe.size).toString('utf8') };
        held = held.subarray(probe.size);
        probe = undefined;
        continue;
      }
      const lineFeed = held.indexOf(10);
      if (lineFeed === -1 && held.length <= lineLengthMax) break;
      const line = held.subarray(0, lineFeed === -1 ? lineLengthMax : lineFeed).toString('utf8');
      if (lineFeed === -1 || lineFeed > lineLengthMax) refuse(line);
      held = held.subarray(lineFeed + 1);
      const message = parseLine(line);
      if (message.kind === 'probe-size') {
        if (message.size > probeBytesMax) refuse(line);
        probe = { size: message.size };
        continue;
      }
      if (message.kind === 'file') fileBytes = message.size;
      yield message;
    }
  }
  if (held.length > 0 || fileBytes > 0 || probe !== undefined)
    throw new AppError('unavailable', "The sandbox's supervisor ended in the middle of its report");
}
