const users = /^(?:\/root|\/(?:home|Users)\/[^/]{1,64}|[A-Za-z]:[\\/]Users[\\/][^\\/]{1,64})(?=[\\/]|$)/;
/** A folder that is called so, as sandboxes have it. */
const called = /^(?:\/[\w.-]{1,64}){1,4}?\/(?:[\w.]{1,32}[-_])?home(?=\/|$)/;

/** A path below a home folder, and what follows it; undefined for other paths. */
export function splitHome(path: string): { readonly home: string; readonly rest: string } | undefined {
  const match = users.exec(path) ?? called.exec(path);
  return match === null ? undefined : { home: match[0], rest: path.slice(match[0].length) };
}
