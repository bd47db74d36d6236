import { hunksOf } from '../sequence/hunks.ts';
import { Interner } from '../interner.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Work } from '../work.ts';

/** A chunk ends where these bits of the hash of what precedes are zero: every 64 bytes or so. */
const boundaryMask = 0xfc00_0000;
const chunkBytesMax = 1024;
/** Contents that differ in more bytes than this are not cut into chunks. */
const bytesMax = 4 * 1024 ** 2;
/** Units that a byte costs. */
const unitsEach = 4;

/** Numbers that look random and are always the same, one for each byte. */
const gear = (() => {
  const table = new Int32Array(256);
  let state = 0x9e37_79b9;
  for (let at = 0; at < table.length; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x85eb_ca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35) + at;
    table[at] = state ^ (state >>> 16);
  }
  return table;
})();

/** Places where chunks end. They depend on the bytes before them alone, so that both sides have the same ones. */
function boundaries(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let hash = 0;
  let start = 0;
  for (let at = 0; at < bytes.byteLength; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & boundaryMask) !== 0 && at + 1 - start < chunkBytesMax) continue;
    ends.push(at + 1);
    start = at + 1;
  }
  if (start < bytes.byteLength) ends.push(bytes.byteLength);
  return ends;
}

/** Two runs of bytes that stand between the same ones: start and end on each side. */
export interface Run {
  readonly startA: number;
  readonly endA: number;
  readonly startB: number;
  readonly endB: number;
}

/**
 * Where two runs of bytes of other lengths differ, found anew behind each place where bytes were put in or taken out:
 * chunks that end by what is in them, matched as a sequence. @throws WorkSpent
 */
export function differingRuns(a: Uint8Array, b: Uint8Array, swapped: boolean, work: Work): Run[] {
  const whole = { startA: 0, endA: a.byteLength, startB: 0, endB: b.byteLength };
  const total = a.byteLength + b.byteLength;
  if (a.byteLength === 0 || b.byteLength === 0 || total > bytesMax) return [whole];
  work.spend(unitsEach * total);
  const interner = new Interner();
  const [chunksA, chunksB] = [a, b].map((bytes) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const starts = [0, ...boundaries(bytes)];
    const ids = starts
      .slice(0, -1)
      .map((start, at) => interner.idOf(buffer.toString('latin1', start, starts[at + 1])));
    return { starts, ids: Int32Array.from(ids) };
  });
  if (chunksA === undefined || chunksB === undefined) return [whole];
  const matches = matchSequences(chunksA.ids, chunksB.ids, swapped, work);
  return hunksOf(matches, chunksB.ids.length).map(({ aStart, aEnd, bStart, bEnd }) => ({
    startA: chunksA.starts[aStart] ?? 0,
    endA: chunksA.starts[aEnd] ?? a.byteLength,
    startB: chunksB.starts[bStart] ?? 0,
    endB: chunksB.starts[bEnd] ?? b.byteLength,
  }));
}
