/** Months as dates write them, by language: at least so many letters that no two are alike, in lower case. */
const monthsOf: Readonly<Record<string, readonly string[]>> = {
  en: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  de: ['jan', 'feb', 'mär', 'apr', 'mai', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dez'],
  fr: ['janv', 'févr', 'mars', 'avr', 'mai', 'juin', 'juil', 'août', 'sept', 'oct', 'nov', 'déc'],
  es: ['ene', 'feb', 'mar', 'abr', 'may', 'jun', 'jul', 'ago', 'sep', 'oct', 'nov', 'dic'],
  it: ['gen', 'feb', 'mar', 'apr', 'mag', 'giu', 'lug', 'ago', 'set', 'ott', 'nov', 'dic'],
  pt: ['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez'],
  nl: ['jan', 'feb', 'mrt', 'apr', 'mei', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec'],
  pl: ['sty', 'lut', 'mar', 'kwi', 'maj', 'cze', 'lip', 'sie', 'wrz', 'paź', 'lis', 'gru'],
  ru: ['янв', 'фев', 'мар', 'апр', 'мая', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'],
  tr: ['oca', 'şub', 'mar', 'nis', 'may', 'haz', 'tem', 'ağu', 'eyl', 'eki', 'kas', 'ara'],
};

const daysOf: Readonly<Record<string, readonly string[]>> = {
  en: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  de: ['mo', 'di', 'mi', 'do', 'fr', 'sa', 'so'],
  fr: ['lun', 'mar', 'mer', 'jeu', 'ven', 'sam', 'dim'],
  es: ['lun', 'mar', 'mié', 'jue', 'vie', 'sáb', 'dom'],
  it: ['lun', 'mar', 'mer', 'gio', 'ven', 'sab', 'dom'],
  pt: ['seg', 'ter', 'qua', 'qui', 'sex', 'sáb', 'dom'],
  nl: ['ma', 'di', 'wo', 'do', 'vr', 'za', 'zo'],
  pl: ['pon', 'wto', 'śro', 'czw', 'pią', 'sob', 'nie'],
  ru: ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'],
  tr: ['pzt', 'sal', 'çar', 'per', 'cum', 'cmt', 'paz'],
};

function oneOf(words: Readonly<Record<string, readonly string[]>>): string {
  return [...new Set(Object.values(words).flat())].sort((a, b) => b.length - a.length).join('|');
}

/** Source of a pattern (flags `iu`) for a month's name or abbreviation, and for a day's. */
export const monthName = `(?:${oneOf(monthsOf)})\\p{L}{0,8}\\.?`;
export const dayName = `(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:${oneOf(daysOf)})(?!\\p{L})\\.?)`;

/** The month (1 to 12) that a word begins, in the first language that has it. */
export function monthNumber(word: string): number | undefined {
  const lower = word.toLowerCase();
  for (const months of Object.values(monthsOf)) {
    const at = months.findIndex((month) => lower.startsWith(month));
    if (at !== -1) return at + 1;
  }
  return undefined;
}

/** The languages that could have written these words, months and days together. */
export function languagesOf(words: readonly string[]): Set<string> {
  const lower = words.map((word) => word.toLowerCase());
  const languages = Object.keys(monthsOf).filter((language) => {
    const names = [...(monthsOf[language] ?? []), ...(daysOf[language] ?? [])];
    return lower.every((word) => names.some((name) => word.startsWith(name)));
  });
  return new Set(languages);
}
