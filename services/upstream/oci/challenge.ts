/** What a registry asks for: RFC 9110 section 11.6.1, and the token scheme of the distribution project. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service?: string; readonly scope?: string };

/** Reads `WWW-Authenticate`; undefined for what is not understood. */
export function parseChallenge(header: string): Challenge | undefined {
  if (header.length > 4096) return undefined;
  if (/^basic(?:\s|$)/i.test(header)) return { scheme: 'basic' };
  if (!/^bearer\s/i.test(header)) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of header
    .slice(6)
    .matchAll(/([a-z_]{1,40})=(?:"([^"\\]*)"|([^\s,"]+))/gi))
    parameters.set(name.toLowerCase(), quoted ?? bare ?? '');
  const realm = URL.parse(parameters.get('realm') ?? '');
  if (!realm) return undefined;
  const service = parameters.get('service');
  const scope = parameters.get('scope');
  return {
    scheme: 'bearer',
    realm,
    ...(service !== undefined && { service }),
    ...(scope !== undefined && { scope }),
  };
}
