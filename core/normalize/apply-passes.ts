import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Finding, PassUse } from '#schemas/comparison.ts';
import type { Pass } from './pass.ts';
import { passes as allPasses } from './passes.ts';
import { PassIndex } from './pass-index.ts';

const membersListedMax = 10_000;

/** Shows where a member stands: nested archives apart by `!/`. Hostile, like the names that it is made of. */
function memberName(path: readonly string[]): string {
  return path.join('!/').slice(0, 4000);
}

/** What one pass has set aside so far. */
class Use {
  readonly #pass: Pass;
  readonly #members = new Set<string>();
  readonly #fields = new Set<string>();
  #bytes = 0;

  constructor(pass: Pass) {
    this.#pass = pass;
  }

  add({ path, field, kind }: Delta, bytes: number): void {
    this.#members.add(memberName(path));
    this.#fields.add(field ?? kind);
    this.#bytes += bytes;
  }

  report(): PassUse {
    return {
      id: this.#pass.id,
      title: this.#pass.title,
      members: [...this.#members].slice(0, membersListedMax),
      membersTotal: this.#members.size,
      fields: [...this.#fields].sort(),
      bytes: this.#bytes,
    };
  }
}

/** Where a finding that forbids `equivalent` stands: there no pass has a say. */
function guardedPlaces(findings: readonly Finding[]): Set<string> {
  const places = new Set<string>();
  for (const { side, severity, path } of findings) {
    if (side !== 'both' && severity !== 'info') places.add(JSON.stringify(path));
  }
  return places;
}

function isGuarded(places: ReadonlySet<string>, { path, pathB }: Delta): boolean {
  const has = (names: readonly string[]) => places.has(JSON.stringify(names.slice(0, 16)));
  return has(path) || (pathB !== undefined && has(pathB));
}

/**
 * Asks the passes about each difference that is theirs by what they touch, the first that claims it wins. `passOf` says
 * which pass set a difference aside. A member with a finding that matters on one side only is left to the reader.
 */
export function applyPasses(
  facts: ComparisonFacts,
  findings: readonly Finding[] = [],
  passes: readonly Pass[] = allPasses,
): { passes: PassUse[]; passOf: Map<Delta, string> } {
  const passOf = new Map<Delta, string>();
  const uses = new Map(passes.map((pass) => [pass, new Use(pass)]));
  const index = new PassIndex(passes);
  const guarded = guardedPlaces(findings);
  for (const delta of facts.deltas) {
    if (guarded.size > 0 && isGuarded(guarded, delta)) continue;
    for (const pass of index.passesFor(delta)) {
      const bytes = pass.setsAside(delta, facts);
      if (bytes === undefined) continue;
      passOf.set(delta, pass.id);
      uses.get(pass)?.add(delta, bytes);
      break;
    }
  }
  const reports = [...uses.values()].map((use) => use.report());
  return { passes: reports.filter(({ membersTotal }) => membersTotal > 0), passOf };
}
