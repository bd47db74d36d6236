import { isAscii, isUtf8 } from 'node:buffer';
import { bounded } from '#core/archive/reading.ts';
import type { Inspected } from '#core/inspect/inspect.ts';
import type { Window } from './capture.ts';
import { firstDifferenceOf } from './digest-both.ts';

/** Two windows on a content that differs, and what they are. */
export interface ContentView {
  readonly a: Window;
  readonly b: Window;
  /** Absolute offset of the first difference; undefined where it lies outside the windows. */
  readonly offset: number | undefined;
  /** Both as text, where both are: UTF-8 without NUL. */
  readonly text: { readonly a: string; readonly b: string } | undefined;
  /** What a look inside found: as bytes, and not complete, where not both were captured as a whole. */
  readonly inside: Inspected | undefined;
}

/** Whether both are text, as `ContentView.text` has it. */
function areText(a: Window, b: Window): boolean {
  return [a, b].every((window) => {
    if (window.bytes.includes(0)) return false;
    if (window.whole) return isUtf8(window.bytes);
    // A window can cut a character in two; such text is for looking at, so its edges may be damaged.
    return !decode(window).slice(1, -1).includes('\ufffd');
  });
}

function decode({ bytes }: Window): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}

/** Decoded texts of views, within one bound for all: what was not asked for longest is decoded anew. */
export class Texts {
  readonly #held = new Map<Window, string>();
  #bytes = 0;
  readonly #bytesMax: number;

  constructor(bytesMax = 8 * 1024 ** 2) {
    this.#bytesMax = bytesMax;
  }

  of(window: Window): string {
    const held = this.#held.get(window);
    const text = held ?? decode(window);
    if (held === undefined) this.#bytes += window.bytes.byteLength;
    // The last of the map is the one that was asked for last.
    else this.#held.delete(window);
    this.#held.set(window, text);
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#bytesMax || oldest === window) break;
      this.#held.delete(oldest);
      this.#bytes -= oldest.bytes.byteLength;
    }
    return text;
  }
}

/** `look` says what is inside. */
export function viewContent(
  a: Window,
  b: Window,
  look: (a: Window, b: Window) => Inspected | undefined = () => undefined,
  texts = new Texts(),
): ContentView {
  const at = firstDifferenceOf(a.bytes, b.bytes);
  const differs = at < a.bytes.byteLength || at < b.bytes.byteLength;
  // Decoded when it is looked at: most ask only whether it is text.
  const text = {
    get a() {
      return texts.of(a);
    },
    get b() {
      return texts.of(b);
    },
  };
  let isText: boolean | undefined;
  return {
    a,
    b,
    offset: differs ? a.start + at : undefined,
    get text() {
      isText ??= areText(a, b);
      return isText ? text : undefined;
    },
    inside: look(a, b),
  };
}

const excerptMax = 160;

/** `line` around column `at`, cut to a length that fits a report. */
function around(line: string, at: number): string {
  if (line.length <= excerptMax) return line;
  const start = Math.max(0, Math.min(at - 40, line.length - excerptMax));
  const end = Math.min(line.length, start + excerptMax);
  return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
}

/** The first lines that differ, by number (from 1); undefined where all lines of one begin the other. */
export function firstLines(
  a: string,
  b: string,
): { line: number; a: string | null; b: string | null; differing: number } {
  const linesA = a.split('\n');
  const linesB = b.split('\n');
  const length = Math.max(linesA.length, linesB.length);
  let line = -1;
  let differing = 0;
  for (let index = 0; index < length; index += 1) {
    if (linesA[index] === linesB[index]) continue;
    if (line === -1) line = index;
    differing += 1;
  }
  return { line: line + 1, a: linesA[line] ?? null, b: linesB[line] ?? null, differing };
}

export function withoutCarriageReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function hex(window: Window, at: number): string {
  const bytes = Buffer.from(window.bytes.subarray(at, at + 16));
  return bytes.byteLength === 0 ? 'ends here' : `0x${bytes.toString('hex')}`;
}

/** What a report shows of the difference: the first line or bytes that differ, on each side. */
export function describeContent(view: ContentView): {
  a?: string | null;
  b?: string | null;
  offset?: number;
  detail: string;
} {
  const { a, b, offset, text } = view;
  if (offset === undefined) return { detail: 'the digests differ; the place was not found' };
  if (text === undefined) {
    return {
      a: hex(a, offset - a.start),
      b: hex(b, offset - b.start),
      offset,
      detail: `bytes from offset ${offset}`,
    };
  }
  if (a.whole && b.whole && withoutCarriageReturns(text.a) === withoutCarriageReturns(text.b)) {
    const count = (side: string) => side.split('\r\n').length - 1;
    const name = (side: string) => `${count(side)} CRLF, ${side.split('\n').length - 1 - count(side)} LF`;
    return { a: name(text.a), b: name(text.b), offset, detail: 'only the line ends differ' };
  }
  const first = firstLines(text.a, text.b);
  const column =
    firstDifferenceOf(Buffer.from(first.a ?? '', 'utf16le'), Buffer.from(first.b ?? '', 'utf16le')) >> 1;
  const show = (line: string | null) =>
    line === null ? null : bounded(around(line, column), excerptMax + 2);
  const lines = a.whole && b.whole ? `line ${first.line}` : `text near offset ${offset}`;
  return {
    a: show(first.a),
    b: show(first.b),
    offset,
    detail: first.differing === 1 ? lines : `${lines}, the first of ${first.differing} lines that differ`,
  };
}
