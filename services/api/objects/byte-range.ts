/**
 * One range of `Range: bytes=…` for `size` bytes as [first, last], inclusive. Undefined where all is to be sent: no
 * header, another unit, several ranges or a malformed one (RFC 9110 section 14.2 lets us ignore those).
 * `unsatisfiable` where it begins after the end.
 */
export function byteRange(
  header: string | undefined,
  size: number,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const match = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '');
  if (match === null) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const last = Math.min(Number(to), size);
    return last === 0 ? 'unsatisfiable' : [size - last, size - 1];
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= size) return 'unsatisfiable';
  return [first, to === '' ? size - 1 : Math.min(Number(to), size - 1)];
}
