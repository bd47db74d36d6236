/** Endings by which a name says how its content is compressed. */
const ending = /\.(?<by>gz|xz|zst|bz2|lzma|lz|br|Z)$/;

/** What two names say of the compression of one thing: `data.tar.xz` and `data.tar.zst`; undefined where they say more. */
export function otherCompression(
  a: string,
  b: string,
): { readonly a: string; readonly b: string } | undefined {
  const [one, other] = [ending.exec(a), ending.exec(b)];
  const [byA, byB] = [one?.groups?.['by'] ?? 'none', other?.groups?.['by'] ?? 'none'];
  if (byA === byB || a.slice(0, one?.index ?? a.length) !== b.slice(0, other?.index ?? b.length))
    return undefined;
  return { a: `compressed: ${byA}`, b: `compressed: ${byB}` };
}
