/** A glob over `/`-separated names as a test: `*` and `?` stay inside a part, `**` does not, all else is itself. */
export function globTest(glob: string): (name: string) => boolean {
  const source = glob.replace(/\*\*\/?|[*?]|[^*?]+/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    return token.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
  const pattern = new RegExp(`^${source}$`, 's');
  return (name) => pattern.test(name);
}
