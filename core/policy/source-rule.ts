import type { Policy } from '#schemas/policy.ts';
import type { Claim } from './claim.ts';
import type { Judgement } from './judge-claim.ts';

type Sources = NonNullable<Policy['sources']>;

/** What was rebuilt from against the kinds and places that are allowed. */
export function judgeSource(allowed: Sources, source: Claim['source']): Judgement {
  const ok =
    source !== undefined &&
    allowed.some(
      ({ kind, urlPrefix }) =>
        (kind === undefined || kind === source.kind) &&
        (urlPrefix === undefined || (source.url !== undefined && isUnder(source.url, urlPrefix))),
    );
  const expected = allowed
    .map(({ kind, urlPrefix }) => words([kind ?? 'anything', urlPrefix && `under ${urlPrefix}`]))
    .join(' or ');
  return { requirement: 'source', ok, expected, actual: source ? words([source.kind, source.url]) : 'none' };
}

/** By parts of the URL, so that `https://host.example` is no prefix of `https://host.example.evil`. */
function isUnder(url: string, prefix: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(prefix)) return false;
  const [inner, outer] = [new URL(url), new URL(prefix)];
  if (inner.protocol !== outer.protocol || inner.host !== outer.host) return false;
  if (inner.username !== outer.username || inner.password !== outer.password) return false;
  // What a server takes for a step up is not looked through: encoded dots and backslashes are in no honest URL.
  if (/%2e|%2f|%5c/i.test(inner.pathname)) return false;
  return inner.pathname === outer.pathname || inner.pathname.startsWith(outer.pathname.replace(/\/?$/, '/'));
}

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}
