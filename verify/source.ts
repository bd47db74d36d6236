import type { StatedSource } from './build-types/build-type.ts';
import type { Checklist } from './checks.ts';
import type { SourceExpectation } from './expectation.ts';

/** Whether one of the stated sources is the expected one, by its address and by its digest. */
export function checkSource(
  stated: readonly StatedSource[],
  expected: SourceExpectation,
  list: Checklist,
): boolean {
  const { uri, digest } = expected;
  const ok = stated.some(
    (source) =>
      (uri === undefined || (source.uri !== undefined && sameSource(source.uri, uri))) &&
      (digest === undefined ||
        (Object.hasOwn(source.digest, digest.algorithm) && source.digest[digest.algorithm] === digest.value)),
  );
  const wanted = text({
    ...(uri !== undefined && { uri }),
    digest: digest ? { [digest.algorithm]: digest.value } : {},
  });
  return list.record('source', ok, wanted, stated.map(text).join(' and ') || 'it does not say');
}

/** Whether two addresses are of one repository or file; a ref counts where the expected one has it. */
export function sameSource(stated: string, expected: string): boolean {
  const [one, other] = [split(stated), split(expected)];
  return one.place === other.place && (other.ref === undefined || one.ref === other.ref);
}

/** `git+https://Host/owner/name.git@refs/tags/v1`: the place, spelled one way, and the ref. */
function split(uri: string): { place: string; ref: string | undefined } {
  // A scope such as `/@name/` begins a part of the path; the `@` before a ref ends one.
  const [, before, ref] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*\/.*?[^/])@(.+)$/is.exec(uri) ?? [];
  const place = (before ?? uri).replace(/^git\+/, '');
  const spelled = URL.canParse(place) ? new URL(place).href : place;
  return { place: spelled.replace(/\/+$/, '').replace(/\.git$/, ''), ref };
}

/** The address without `git+` and ref. */
export function placeOf(uri: string): string {
  return split(uri).place;
}

function text({ uri, digest }: StatedSource): string {
  const digests = Object.entries(digest).map(([algorithm, value]) => `${algorithm} ${value}`);
  return [uri, ...digests].filter((part) => part !== undefined).join(', ');
}
