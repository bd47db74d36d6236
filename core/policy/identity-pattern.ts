type Token = { readonly literal: string } | { readonly across: boolean };

const identityMax = 2000;

/**
 * Whether an identity is one that `pattern` (schemas/policy.ts, IdentityPattern) stands for, from its first character to
 * its last. Takes time linear in the identity, whatever the pattern: no regular expression is made of it.
 */
export function matchesIdentity(pattern: string, identity: string): boolean {
  const tokens: Token[] = (pattern.match(/\*\*|\*|[^*]/gsu) ?? []).map((text) =>
    text === '*' || text === '**' ? { across: text === '**' } : { literal: text },
  );
  return identity.length <= identityMax && matches(tokens, [...identity]);
}

/** The tokens as a nondeterministic automaton: a set of places in the pattern is moved on by each character. */
function matches(tokens: readonly Token[], characters: readonly string[]): boolean {
  let places = opened(tokens, new Set([0]));
  for (const character of characters) {
    const next = new Set<number>();
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined) continue;
      if ('literal' in token) {
        if (token.literal === character) next.add(place + 1);
      } else if (token.across || character !== '/') next.add(place);
    }
    if (next.size === 0) return false;
    places = opened(tokens, next);
  }
  return places.has(tokens.length);
}

/** A wildcard may stand for nothing: from its place the one after it is reached too. */
function opened(tokens: readonly Token[], places: Set<number>): Set<number> {
  for (const place of places) {
    const token = tokens[place];
    if (token !== undefined && 'across' in token) places.add(place + 1);
  }
  return places;
}
