import type { RebuildEvent } from '#schemas/rebuild.ts';
import { printable } from '#core/text/printable.ts';
import type { CliIo } from '../io.ts';

/** Shows on stderr what is going on. Nothing here ever writes to stdout. */
export interface Progress {
  /** A new thing has begun. */
  step(text: string): void;
  /** A line about the thing that goes on, such as the build's log. */
  line(text: string): void;
  /** The thing has ended. */
  end(ok: boolean): void;
  /** Leaves the terminal as it should be. */
  close(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const stepLengthMax = 120;

/** A spinner with elapsed time on a terminal, plain lines elsewhere, nothing under --quiet. */
export function createProgress(io: CliIo, options: { quiet: boolean }): Progress {
  if (options.quiet) return { step() {}, line() {}, end() {}, close() {} };
  return io.stderr.isTTY === true && io.env['TERM'] !== 'dumb' ? spinner(io) : plainLines(io);
}

function plainLines(io: CliIo): Progress {
  const startedAt = io.now();
  const stamp = (): string => `[${seconds(io.now() - startedAt).padStart(7)}]`;
  let current: string | undefined;
  return {
    step(text) {
      current = printable(text, stepLengthMax);
      io.stderr.write(`${stamp()} ${current}\n`);
    },
    line() {},
    end(ok) {
      if (current !== undefined && !ok) io.stderr.write(`${stamp()} ${current}: failed\n`);
      current = undefined;
    },
    close() {},
  };
}

function spinner(io: CliIo): Progress {
  const colour = io.env['NO_COLOR'] === undefined || io.env['NO_COLOR'] === '';
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  let current: string | undefined;
  let detail = '';
  let stepAt = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const clear = '\r\u001b[2K';
  const draw = (): void => {
    if (current === undefined) return;
    const head = `${frames[frame++ % frames.length]} ${current} ${seconds(io.now() - stepAt)}`;
    const room = Math.max(0, (io.stderr.columns ?? 80) - head.length - 3);
    const tail = detail === '' || room < 10 ? '' : `  ${paint(2, printable(detail, room))}`;
    io.stderr.write(`${clear}${head}${tail}`);
  };
  const finish = (ok: boolean): void => {
    if (current === undefined) return;
    const mark = ok ? paint(32, '✓') : paint(31, '✗');
    io.stderr.write(`${clear}${mark} ${current} ${paint(2, seconds(io.now() - stepAt))}\n`);
    current = undefined;
    detail = '';
  };
  return {
    step(text) {
      finish(true);
      current = printable(text, stepLengthMax);
      stepAt = io.now();
      timer ??= setInterval(draw, 100).unref();
      draw();
    },
    line(text) {
      detail = text;
    },
    end: finish,
    close() {
      clearInterval(timer);
      if (current !== undefined) io.stderr.write(clear);
      current = undefined;
    },
  };
}

function seconds(ms: number): string {
  const whole = ms / 1000;
  if (whole < 60) return `${whole.toFixed(1)}s`;
  return `${Math.floor(whole / 60)}m${String(Math.floor(whole % 60)).padStart(2, '0')}s`;
}

const stages = {
  resolve: 'finding the artifact, its source and a recipe',
  rebuild: 'building',
  compare: 'comparing the bytes',
  attest: 'signing what was found',
} as const;

/** Shows the events of one rebuild. All of their text was written by others; the renderers escape it. */
export function eventShower(progress: Progress): (event: RebuildEvent) => void {
  let built = false;
  return (event) => {
    const attempt = event.attempt === undefined || event.attempt < 2 ? '' : ` (attempt ${event.attempt})`;
    if (event.type === 'stage' && event.stage !== undefined) {
      built ||= event.stage === 'rebuild';
      const again = event.stage === 'resolve' && built;
      const title = again ? 'asking the registry again for the file' : stages[event.stage];
      if (event.state === 'started') progress.step(`${title}${attempt}`);
      if (event.state === 'ended') progress.end(true);
    } else if (event.type === 'step' && event.state === 'started') {
      progress.step(`building${attempt}: ${event.name ?? ''}`);
    } else if ((event.type === 'log' || event.type === 'note') && event.text !== undefined) {
      progress.line(event.text);
    }
  };
}
