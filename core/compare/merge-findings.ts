import type { ArchiveFinding } from '#core/archive/findings.ts';
import type { Finding } from '#schemas/comparison.ts';
import type { Delta } from './delta.ts';

/** The same fact on both sides has the same identity, wherever in the file it stands. */
function identity(finding: ArchiveFinding): string {
  return JSON.stringify([finding.path, finding.id, finding.detail]);
}

function toFinding(finding: ArchiveFinding, side: Finding['side'], offset: number | undefined): Finding {
  const { id, severity, path, detail } = finding;
  return { id, severity, side, path: path.slice(0, 16), ...(offset === undefined ? {} : { offset }), detail };
}

/** Paths of the second file by the names of the first, for members that are called otherwise there. */
class FirstNames {
  readonly #renamed = new Map<string, readonly string[]>();

  constructor(deltas: readonly Delta[]) {
    for (const { kind, path, pathB } of deltas) {
      if (kind === 'renamed' && pathB !== undefined) this.#renamed.set(JSON.stringify(pathB), path);
    }
  }

  of(path: readonly string[]): readonly string[] {
    for (let length = this.#renamed.size === 0 ? 0 : path.length; length > 0; length -= 1) {
      const first = this.#renamed.get(JSON.stringify(path.slice(0, length)));
      if (first !== undefined) return [...first, ...path.slice(length)];
    }
    return path;
  }
}

/**
 * Findings of both sides as one list: what both have is said once, of members that have another name in `b` with both
 * paths. `deltas` says which these are.
 */
export function mergeFindings(
  a: readonly ArchiveFinding[],
  b: readonly ArchiveFinding[],
  deltas: readonly Delta[] = [],
): Finding[] {
  const names = new FirstNames(deltas);
  const left = new Map<string, ArchiveFinding[]>();
  for (const finding of b) {
    const key = identity({ ...finding, path: names.of(finding.path) });
    left.set(key, [...(left.get(key) ?? []), finding]);
  }
  const merged: { key: string; finding: Finding }[] = [];
  for (const finding of a) {
    const key = identity(finding);
    const twin = left.get(key)?.shift();
    const offset = twin === undefined || twin.offset === finding.offset ? finding.offset : undefined;
    const told = toFinding(finding, twin === undefined ? 'a' : 'both', offset);
    const renamed = twin !== undefined && JSON.stringify(twin.path) !== JSON.stringify(finding.path);
    merged.push({ key, finding: renamed ? { ...told, pathB: twin.path.slice(0, 16) } : told });
  }
  for (const [key, rest] of left) {
    for (const finding of rest) merged.push({ key, finding: toFinding(finding, 'b', finding.offset) });
  }
  return merged
    .sort((one, other) =>
      one.key === other.key
        ? (one.finding.offset ?? 0) - (other.finding.offset ?? 0)
        : one.key < other.key
          ? -1
          : 1,
    )
    .map(({ finding }) => finding);
}

/** An executable bit that one side has and the other has not: a difference that matters more than other modes. */
export function executableFindings(deltas: readonly Delta[]): Finding[] {
  const findings: Finding[] = [];
  for (const { kind, field, a, b, path, pathB = path, entryA, entryB } of deltas) {
    if (kind !== 'metadata' || field !== 'mode' || entryA?.type !== 'file' || entryB?.type !== 'file')
      continue;
    const [modeA, modeB] = [Number.parseInt(a ?? '0', 8), Number.parseInt(b ?? '0', 8)];
    const add = (side: 'a' | 'b', more: number, detail: string) => {
      if ((more & 0o111) !== 0)
        findings.push({
          id: 'executable-differs',
          severity: 'danger',
          side,
          path: (side === 'a' ? path : pathB).slice(0, 16),
          detail,
        });
    };
    add('a', modeA & ~modeB, `mode ${a}; the other side has ${b}`);
    add('b', modeB & ~modeA, `mode ${b}; the other side has ${a}`);
  }
  return findings;
}
