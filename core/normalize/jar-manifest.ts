/** A section of a manifest: its attributes, each with the lines that continue it. */
type Section = readonly string[];

const attribute = /^[A-Za-z0-9][A-Za-z0-9_-]{0,69}: /;
/** Attributes by which a signature vouches for members. */
const digest = /^[A-Za-z0-9-]{1,40}-Digest(?:-[A-Za-z0-9-]{1,40})?: /i;

function nameOf(text: string): string {
  return text.slice(0, text.indexOf(':')).toLowerCase();
}

/** The sections of a manifest whose lines all end in one way; undefined for one that readers could take in two ways. */
function sectionsOf(text: string, lineEnd: string): Section[] | undefined {
  if (!text.endsWith(lineEnd) || text.replaceAll(lineEnd, '').search(/[\r\n]/) !== -1) return undefined;
  const sections: string[][] = [];
  let section: string[] | undefined;
  for (const line of text.slice(0, -lineEnd.length).split(lineEnd)) {
    if (line === '') section = undefined;
    else if (line.startsWith(' ')) {
      if (section === undefined) return undefined;
      section.push(`${section.pop()}${lineEnd}${line}`);
    } else {
      if (!attribute.test(line)) return undefined;
      if (section === undefined) sections.push((section = []));
      section.push(line);
    }
  }
  return sections.every((lines) => new Set(lines.map(nameOf)).size === lines.length) ? sections : undefined;
}

/** The same text for the same attributes: the first of a section stays first, the others are sorted, then sections. */
function canonical(sections: readonly Section[]): string {
  const [main, ...rest] = sections.map(([first, ...others]) => [first, ...others.sort()].join('\n'));
  return JSON.stringify([main, ...rest.sort()]);
}

/** Whether it is a manifest: the version first, then sections for members, each of which is named once. */
function isManifest([main, ...rest]: readonly Section[]): boolean {
  const names = rest.map(([first = '']) => first);
  return (
    main?.[0]?.startsWith('Manifest-Version: ') === true &&
    names.every((name) => name.startsWith('Name: ')) &&
    new Set(names).size === names.length
  );
}

function bothOf(a: string, b: string): readonly [Section[], Section[]] | undefined {
  const lineEnd = a.includes('\r\n') ? '\r\n' : '\n';
  const [one, other] = [sectionsOf(a, lineEnd), sectionsOf(b, lineEnd)];
  if (one === undefined || other === undefined || !isManifest(one) || !isManifest(other)) return undefined;
  return [one, other];
}

/**
 * Whether two manifests say the same in another order: the version first, then the same main attributes, then the same
 * sections. Digests belong to a signature, which then has to be made again: with one in them they do not.
 * https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
 */
export function sayTheSame(a: string, b: string): boolean {
  const both = bothOf(a, b);
  if (both === undefined || a.length !== b.length) return false;
  const signed = both.some((sections) =>
    sections.some((section) => section.some((line) => digest.test(line))),
  );
  return !signed && canonical(both[0]) === canonical(both[1]);
}

/** Whether two manifests are the same, line by line, but for the digests that signing adds, and the sections for them. */
export function sayTheSameUnsigned(a: string, b: string): boolean {
  const both = bothOf(a, b);
  if (both === undefined) return false;
  const [one, other] = both.map(([main = [], ...rest]) => [
    main.filter((line) => !digest.test(line)),
    ...rest.map((section) => section.filter((line) => !digest.test(line))).filter(({ length }) => length > 1),
  ]);
  return JSON.stringify(one) === JSON.stringify(other);
}
