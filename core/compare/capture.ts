import type { ByteSource } from '#core/archive/byte-source.ts';
import { DecodedStreams } from '#core/archive/decoded-streams.ts';
import { blockBytes, type ContentFacts } from '#core/archive/entry.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace, type ContentTap } from '#core/archive/reading.ts';

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

/** Which bytes of a content are wanted, and how many it has. */
export interface Wanted extends Range {
  readonly size: number;
}

/** All that was wanted is had: what follows need not be read again. */
class AllCaptured extends Error {}

class Captures {
  readonly windows = new Map<string, Window>();
  readonly #wants: ReadonlyMap<string, Wanted>;
  #left: number;

  constructor(wants: ReadonlyMap<string, Wanted>) {
    this.#wants = wants;
    this.#left = wants.size;
  }

  /** Keeps the bytes wanted of the content at `id` as they stream by. @throws AllCaptured */
  tap(id: string): ContentTap | undefined {
    const want = this.#wants.get(id);
    if (want === undefined) return undefined;
    const { start, size } = want;
    const end = Math.min(want.end, size);
    const bytes = Buffer.allocUnsafeSlow(Math.max(end - start, 0));
    // A content that could not be read as far as the first time has fewer.
    let kept = 0;
    const keep = () => {
      this.windows.set(id, { start, bytes: bytes.subarray(0, kept), whole: start === 0 && kept === size });
    };
    keep();
    return (piece, offset) => {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, piece.byteLength);
      if (from >= to) return;
      kept += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).copy(bytes, kept, from, to);
      keep();
      if (kept < bytes.byteLength) return;
      this.#left -= 1;
      if (this.#left === 0) throw new AllCaptured();
    };
  }
}

/** These ids, and those of the archives that they stand in. */
export function leadingIds(ids: Iterable<string>): ReadonlySet<string> {
  const leading = new Set<string>();
  for (const id of ids) {
    const ordinals = id.split('.');
    for (let length = 1; length <= ordinals.length; length += 1)
      leading.add(ordinals.slice(0, length).join('.'));
  }
  return leading;
}

/** Reads the file again, as far as is needed, and keeps the wanted ranges of the contents at these ids. */
export async function capture(
  source: ByteSource,
  limits: ReadLimits,
  wants: ReadonlyMap<string, Wanted>,
  decoded = new DecodedStreams(),
): Promise<ReadonlyMap<string, Window>> {
  const leading = leadingIds(wants.keys());
  const captures = new Captures(wants);
  const reading = startReading(limits, {
    digest: false,
    wanted: (id) => leading.has(id),
    tap: ({ id }) => captures.tap(id),
    decoded,
  });
  try {
    await readFile(reading, rootPlace, source);
  } catch (error) {
    if (!(error instanceof AllCaptured)) throw error;
  }
  return captures.windows;
}
