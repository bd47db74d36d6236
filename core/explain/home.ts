/** A path below a home folder, and what follows it; undefined for other paths. */
export function splitHome(path: string): { readonly home: string; readonly rest: string } | undefined {
  const match =
    /^(?:\/root|\/(?:home|Users)\/[^/]{1,64}|[A-Za-z]:[\\/]Users[\\/][^\\/]{1,64})(?=[\\/]|$)/.exec(path);
  return match === null ? undefined : { home: match[0], rest: path.slice(match[0].length) };
}
