import type { ClaimRule } from './issuers.ts';

const valueLengthMax = 1024;

/** A claim as text where it is a short string, number or boolean; else undefined. */
function textOf(claims: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (!Object.hasOwn(claims, name)) return undefined;
  const value = claims[name];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return text.length <= valueLengthMax ? text : undefined;
}

/** Name of the first claim that does not meet its rule, or undefined where all do. */
export function unmetClaim(
  claims: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, ClaimRule>>,
): string | undefined {
  return Object.entries(rules).find(([name, rule]) => {
    const text = textOf(claims, name);
    return text === undefined || !meets(text, rule);
  })?.[0];
}

function meets(text: string, rule: ClaimRule): boolean {
  return typeof rule === 'string' ? text === rule : new RegExp(`^(?:${rule.pattern})$`, 'u').test(text);
}

/** Those of `names` that the token has, as text. */
export function pickClaims(
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, string> {
  const picked = names.map((name) => [name, textOf(claims, name)] as const);
  return Object.fromEntries(picked.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
