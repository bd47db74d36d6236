const lengthMax = 1000;

/** A short text of printable ASCII and line ends: nothing in it can be an archive, a script of bytes or a deception. */
export function isHarmlessText(text: string): boolean {
  return text.length <= lengthMax && /^[\t\n\r\u0020-\u007e]*$/.test(text);
}

/** The text of a field that is shown as a JSON string; undefined where it is none. */
export function quoted(value: string | null | undefined): string | undefined {
  if (typeof value !== 'string' || !/^".*"$/s.test(value)) return undefined;
  try {
    const text: unknown = JSON.parse(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
