/** Shorter strings are never a view of another one in V8. */
const copiedMin = 13;

/**
 * The same text as a string of its own. What is cut out of a long text keeps all of it in memory; what is kept for long
 * must not. Surrogates are kept as they are, also lone ones.
 */
export function ownCopy(text: string): string {
  return text.length < copiedMin ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
