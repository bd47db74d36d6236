/** What a rule of sorting looks at. */
type Key = (text: string) => string;

const bytewise: Key = (text) => text;
/** As most locales sort: letters of both cases and with accents together. */
const folded: Key = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
/** The same, with signs and spaces left out, as glibc's locales did until 2.28. */
const lettersOnly: Key = (text) => folded(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
/** Signs before digits before letters, as the locales of glibc 2.28 and later sort. */
const signsFirst: Key = (text) =>
  folded(text).replaceAll(/./gsu, (sign) =>
    /\p{L}/u.test(sign) ? `2${sign}` : /\p{N}/u.test(sign) ? `1${sign}` : `0${sign}`,
  );

function isSortedBy(items: readonly string[], key: Key): boolean {
  let last: string | undefined;
  for (const item of items) {
    const next = key(item);
    if (last !== undefined && next < last) return false;
    last = next;
  }
  return true;
}

/** By the numbers of the characters, as `LC_ALL=C sort` does. */
export function isSortedBytewise(items: readonly string[]): boolean {
  return isSortedBy(items, bytewise);
}

/** By the rules of a locale, as far as these are the same in most. */
function isSortedByLocale(items: readonly string[]): boolean {
  return [folded, lettersOnly, signsFirst].some((key) => isSortedBy(items, key));
}

/** Whether the two are the same list, each sorted, by another rule each: such as that of C and that of a language. */
export function isSortedByOtherRules(a: readonly string[], b: readonly string[]): boolean {
  if (a.length < 2) return false;
  const [ruleA, ruleB] = [isSortedBytewise(a), isSortedBytewise(b)];
  if (ruleA && ruleB) return false;
  return (ruleA || isSortedByLocale(a)) && (ruleB || isSortedByLocale(b));
}

/** Whether a list is sorted by some rule: then nobody left it in the order of a hash or a directory. */
export function isSorted(items: readonly string[]): boolean {
  return isSortedBytewise(items) || isSortedByLocale(items);
}
