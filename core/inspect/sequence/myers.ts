/** Edits that one search may go through before what it has is taken: the rest is searched anew from there. */
const editsMax = 256;

export interface Range {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

interface Found {
  readonly matches: readonly (readonly [number, number])[];
  /** How far the search came on each side. */
  readonly aReached: number;
  readonly bReached: number;
  /** About the number of elements compared. */
  readonly units: number;
}

/**
 * A greedy search for a shortest edit script (Myers 1986, "An O(ND) Difference Algorithm"), given up after `editsMax`
 * edits or about `unitsMax` comparisons, at the point that came furthest.
 */
export function searchEdits(
  a: Int32Array,
  b: Int32Array,
  { aStart, aEnd, bStart, bEnd }: Range,
  unitsMax: number,
): Found {
  const n = aEnd - aStart;
  const m = bEnd - bStart;
  const limit = Math.min(editsMax, n + m);
  const middle = limit + 1;
  const furthest = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  let units = 0;
  let finished = 0;
  for (let edits = 0; edits <= limit && units <= unitsMax; edits += 1) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits && units <= unitsMax; k += 2) {
      const [below, above] = [furthest[middle + k - 1] ?? 0, furthest[middle + k + 1] ?? 0];
      let x = edits === 0 ? 0 : k === -edits || (k !== edits && below < above) ? above : below + 1;
      let y = x - k;
      const from = x;
      while (x < n && y < m && a[aStart + x] === b[bStart + y]) {
        x += 1;
        y += 1;
      }
      units += 1 + x - from;
      furthest[middle + k] = x;
      if (x === n && y === m)
        return { matches: walkBack(trace, n, m, edits), aReached: n, bReached: m, units };
      if (k === edits) finished = edits;
    }
  }
  // A round writes every second diagonal, so that those of the last finished one are all still there.
  let [bestX, bestY] = [0, 0];
  for (let k = -finished; k <= finished; k += 2) {
    const x = furthest[middle + k] ?? 0;
    const y = x - k;
    if (x <= n && y >= 0 && y <= m && x + y > bestX + bestY) [bestX, bestY] = [x, y];
  }
  return { matches: walkBack(trace, bestX, bestY, finished), aReached: bestX, bReached: bestY, units };
}

/** The matches that lead to (x, y); `trace[d]` holds what was furthest before edit `d`, of diagonals -d-1 to d+1. */
function walkBack(
  trace: readonly Int32Array[],
  endX: number,
  endY: number,
  edits: number,
): [number, number][] {
  const matches: [number, number][] = [];
  let [x, y] = [endX, endY];
  for (let d = edits; d >= 0; d -= 1) {
    const row = trace[d];
    const at = (k: number) => row?.[k + d + 1] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(fromK);
    const startX = d === 0 ? 0 : down ? fromX : fromX + 1;
    while (x > startX && y > 0) {
      x -= 1;
      y -= 1;
      matches.push([x, y]);
    }
    if (d > 0) [x, y] = [fromX, fromX - fromK];
  }
  return matches;
}
