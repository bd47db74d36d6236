import type { Work } from '../work.ts';
import type { Text } from './decode-text.ts';

export type LineEnd = 'CRLF' | 'LF' | '';

/** The lines of a text between two places, without their ends. */
export interface Lines {
  readonly texts: readonly string[];
  readonly ends: readonly LineEnd[];
  /** Place of each line in the text. */
  readonly starts: readonly number[];
  /** Number of the first of these lines, from 1. */
  readonly first: number;
}

/** Units that a line costs. */
const unitsEach = 24;

/** Where two texts differ: both from `start` on, at whole lines. */
export interface Places {
  readonly start: number;
  readonly endA: number;
  readonly endB: number;
}

/** What stands between the lines that two texts begin and end with alike. */
export function differingLines(a: string, b: string): Places {
  const shorter = Math.min(a.length, b.length);
  let same = 0;
  while (same < shorter && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  const start = a.lastIndexOf('\n', same - 1) + 1;
  const begin = same === 0 ? 0 : start;
  let tail = 0;
  while (tail < shorter - begin && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail))
    tail += 1;
  const lineEnd = a.indexOf('\n', a.length - tail);
  const kept = tail === 0 || lineEnd === -1 ? 0 : a.length - 1 - lineEnd;
  return { start: begin, endA: a.length - kept, endB: b.length - kept };
}

export function countOf(text: string, part: string, start = 0, end = text.length): number {
  let count = 0;
  for (let at = text.indexOf(part, start); at !== -1 && at < end; at = text.indexOf(part, at + part.length))
    count += 1;
  return count;
}

/** The lines from one place to another, the first being number `first`. @throws WorkSpent */
export function splitLines({ utf8 }: Text, start: number, end: number, first: number, work: Work): Lines {
  const texts: string[] = [];
  const ends: LineEnd[] = [];
  const starts: number[] = [];
  for (let at = start; at < end;) {
    work.spend(unitsEach);
    const feed = utf8.indexOf('\n', at);
    const next = feed === -1 || feed >= end ? end : feed + 1;
    const terminated = next > at && utf8[next - 1] === '\n';
    const carriage = terminated && next - 2 >= at && utf8[next - 2] === '\r';
    ends.push(carriage ? 'CRLF' : terminated ? 'LF' : '');
    texts.push(utf8.slice(at, next - (carriage ? 2 : terminated ? 1 : 0)));
    starts.push(at);
    at = next;
  }
  return { texts, ends, starts, first };
}
