/** Nothing to escape: printable ASCII without the backslash. */
const plain = /^[\u0020-\u005b\u005d-\u007e]*$/;

/**
 * What must not reach a terminal or a reader's eye as it is: controls, format characters, separators other than the
 * space, surrogates, private and unassigned code points, all that renders as nothing, and every character of a
 * right-to-left script (the shown order would not be the order of the bytes). The backslash, so that escapes are
 * told from text that looks like one.
 */
const unsafe =
  /[\p{C}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\\]|(?! )\p{Z}|(?<=\p{M}{4})\p{M}|^\p{M}/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escape(character: string): string {
  const known = short[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * `text` with everything escaped that could move the cursor, change colours, reorder what is seen or hide
 * (`\n`, `\x1b`, `\u{202e}`): one line, safe on a terminal, and different for different texts. Longer than `max`
 * UTF-16 units of output: cut, with `…` at the end; an escape is never cut in two.
 */
export function printable(text: string, max = Number.POSITIVE_INFINITY): string {
  // Each character escapes to at least one unit, so what lies beyond `max` of the input cannot be shown anyway.
  const bounded = text.length > max ? text.slice(0, max + 1) : text;
  if (bounded.length <= max && plain.test(bounded)) return bounded;
  const escaped = bounded.replace(unsafe, escape);
  if (escaped.length <= max) return escaped;
  let kept = '';
  for (const [piece] of escaped.matchAll(/\\(?:[nrt\\]|x[0-9a-f]{2}|u\{[0-9a-f]+\})|[^\\]/gu)) {
    if (kept.length + piece.length > max - 1) break;
    kept += piece;
  }
  return max < 1 ? '' : `${kept}…`;
}
