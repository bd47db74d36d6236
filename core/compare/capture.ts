import type { ByteSource } from '#core/archive/byte-source.ts';
import { blockBytes, type ContentFacts } from '#core/archive/entry.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { BudgetSpent } from '#core/archive/malformed.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace } from '#core/archive/reading.ts';

/** Part of a content that is worth a look: all of a small one, else around the first difference. */
export interface Window {
  /** Offset of the first of these bytes in the content. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Whether these are all bytes of the content. */
  readonly whole: boolean;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Contents up to this size are looked at as a whole. */
export const wholeBytesMax = 16 * 1024 ** 2;

/**
 * Which bytes of two contents to look at: the same range of both; `wholeMax` is the size up to which that is all of
 * them.
 */
export function rangeOfInterest(a: ContentFacts, b: ContentFacts, wholeMax: number): Range {
  const size = Math.max(a.size, b.size);
  if (size <= Math.min(wholeMax, wholeBytesMax)) return { start: 0, end: size };
  const blocks = Math.max(a.blocks.length, b.blocks.length);
  let block = 0;
  while (block < blocks - 1 && a.blocks[block] !== undefined && a.blocks[block] === b.blocks[block])
    block += 1;
  const start = Math.max(0, block * blockBytes - 1024);
  return { start, end: (block + 1) * blockBytes + 1024 };
}

/** Reads the file again and keeps the wanted ranges of the contents at these ids. */
export async function capture(
  source: ByteSource,
  limits: ReadLimits,
  wants: ReadonlyMap<string, Range>,
): Promise<Map<string, Window>> {
  const leading = new Set<string>();
  for (const id of wants.keys()) {
    const ordinals = id.split('.');
    for (let length = 1; length <= ordinals.length; length += 1)
      leading.add(ordinals.slice(0, length).join('.'));
  }
  const kept = new Map<string, { range: Range; parts: Buffer[]; ended: number }>();
  const reading = startReading(limits, {
    digest: false,
    wanted: (id) => leading.has(id),
    tap: ({ id }) => {
      const range = wants.get(id);
      if (range === undefined) return undefined;
      const keep = { range, parts: [] as Buffer[], ended: 0 };
      kept.set(id, keep);
      return (bytes, offset) => {
        const from = Math.max(range.start - offset, 0);
        const to = Math.min(range.end - offset, bytes.byteLength);
        if (from < to) keep.parts.push(Buffer.from(bytes.subarray(from, to)));
        keep.ended = offset + bytes.byteLength;
      };
    },
  });
  try {
    await readFile(reading, rootPlace, source);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
  }
  const windows = new Map<string, Window>();
  for (const [id, { range, parts, ended }] of kept) {
    windows.set(id, {
      start: range.start,
      bytes: Buffer.concat(parts),
      whole: range.start === 0 && ended <= range.end,
    });
  }
  return windows;
}
