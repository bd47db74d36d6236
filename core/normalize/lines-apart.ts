/** Bytes of both sides' lines that the other side has not at the same place, line ends aside. */
export function linesApart(a: readonly string[], b: readonly string[]): number {
  let bytes = 0;
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    if (a[index] === b[index]) continue;
    bytes += Buffer.byteLength(a[index] ?? '') + Buffer.byteLength(b[index] ?? '');
  }
  return bytes;
}
