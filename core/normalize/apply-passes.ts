import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { PassUse } from '#schemas/comparison.ts';
import { passes as allPasses } from './passes.ts';

const membersListedMax = 10_000;

/** Shows where a member stands: nested archives apart by `!/`. Hostile, like the names that it is made of. */
function memberName(path: readonly string[]): string {
  return path.join('!/').slice(0, 4000);
}

/** Asks each pass, in order, about each difference. `passOf` says which pass set a difference aside. */
export function applyPasses(
  facts: ComparisonFacts,
  passes = allPasses,
): { passes: PassUse[]; passOf: Map<Delta, string> } {
  const passOf = new Map<Delta, string>();
  const uses: PassUse[] = [];
  for (const pass of passes) {
    const members = new Set<string>();
    const fields = new Set<string>();
    let bytes = 0;
    for (const delta of facts.deltas) {
      if (passOf.has(delta)) continue;
      const touched = pass.covers(delta, facts);
      if (touched === undefined) continue;
      passOf.set(delta, pass.id);
      members.add(memberName(delta.path));
      for (const field of touched.fields) fields.add(field);
      bytes += touched.bytes;
    }
    if (members.size === 0) continue;
    uses.push({
      id: pass.id,
      title: pass.title,
      members: [...members].slice(0, membersListedMax),
      membersTotal: members.size,
      fields: [...fields].sort(),
      bytes,
    });
  }
  return { passes: uses, passOf };
}
