/** What strict JSON adds to RFC 8259: UTF-8 without a mark, bounded size and depth, no member twice, no `__proto__`. */
export type StrictJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

const depthMax = 64;

/**
 * Parses `bytes` such that no two readers can take different things from them. Never throws.
 * Two members of one name are refused because parsers disagree which one counts.
 */
export function parseStrictJson(bytes: Uint8Array, bytesMax: number): StrictJson {
  if (bytes.length > bytesMax) return { ok: false, fault: `${bytes.length} bytes, more than ${bytesMax}` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, fault: 'not UTF-8' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'not JSON' };
  }
  const fault = structureFault(text);
  return fault === undefined ? { ok: true, value } : { ok: false, fault };
}

/** Strings, and what opens, closes or separates; numbers, literals and white space do not matter here. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** `text` is known to be JSON, so that a string directly before a colon is a member's name. */
function structureFault(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let string = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined);
      if (open.length > depthMax) return `nested deeper than ${depthMax}`;
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = JSON.parse(string) as string;
      const names = open.at(-1);
      if (names?.has(name)) return `the member ${JSON.stringify(name.slice(0, 80))} is there twice`;
      if (name === '__proto__') return 'a member is named __proto__';
      names?.add(name);
    } else string = token;
  }
  return undefined;
}
