import type { ContentView } from '#core/compare/content-view.ts';
import type { Delta } from '#core/compare/delta.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { ownLines } from '../own-lines.ts';

/** Where a package says its own version: its member, below the archives around it, and the part of it. */
const places: readonly { readonly member: RegExp; readonly part: RegExp }[] = [
  // PyPI: a wheel, an sdist
  { member: /^[^/]+(?:\.dist-info\/METADATA|\/PKG-INFO)$/, part: /^Version$/ },
  { member: /^[^/]+\/package\.json$/, part: /^\$\.version$/ },
  { member: /^(?:\.\/)?control$/, part: /^(?:\S{1,200} )?Version$/ },
  { member: /^[^/]+\.nuspec$/, part: /^\/package\/metadata\/version$/ },
  // A jar of jars has the pom.properties of others, but one manifest.
  { member: /^META-INF\/MANIFEST\.MF$/, part: /^(?:Implementation|Bundle)-Version$/ },
];
/** A text that has no parts by name: `version = "1.0.10"`. */
const crate = { member: /^[^/]+\/Cargo\.toml$/, line: /^version = "(?<version>[^"]{1,100})"$/ };

/** What is made from the state of a checkout is another cause. */
const unreleased = /\.dev\d|[+.-]g?[0-9a-f]{7,40}(?![0-9a-f])|dirty|SNAPSHOT/i;
const release = /^v?\d[\w.+~:-]{0,100}$/;

interface Versions {
  readonly a: string;
  readonly b: string;
  readonly offset: number | undefined;
}

function inParts(member: string, { inside }: ContentView): Versions[] {
  const place = places.find((each) => each.member.test(member));
  if (place === undefined) return [];
  return (inside?.parts ?? []).flatMap(({ kind, name, a, b, offset }) =>
    kind === 'changed' && place.part.test(name) && typeof a === 'string' && typeof b === 'string'
      ? [{ a, b, offset }]
      : [],
  );
}

function inCrate(member: string, view: ContentView): Versions[] {
  const own = crate.member.test(member) ? ownLines(view) : undefined;
  if (own === undefined) return [];
  const [a, b] = [own.a, own.b].map((lines) => {
    // The first is that of the package: cargo writes it before the dependencies.
    const line = lines.find(({ text }) => crate.line.test(text));
    return line && { version: crate.line.exec(line.text)?.groups?.['version'] ?? '', offset: line.offset };
  });
  return a === undefined || b === undefined ? [] : [{ a: a.version, b: b.version, offset: a.offset }];
}

/** The file's own: a package in a package is a dependency. A .deb and a gem keep what says it in an archive of theirs. */
function isOwn({ path }: Delta): boolean {
  return path.length === 1 || (path.length === 2 && /^(?:control\.tar|metadata\.gz)/.test(path[0] ?? ''));
}

function versionsIn(delta: Delta, view: ContentView): Versions[] {
  const member = delta.path.at(-1) ?? '';
  return [...inParts(member, view), ...inCrate(member, view)].filter(
    ({ a, b }) => a !== b && release.test(a) && release.test(b) && !unreleased.test(a) && !unreleased.test(b),
  );
}

export const packageRelease: Explainer = {
  meta: {
    id: 'package-release',
    title: 'The two are different releases of the package',
    remedy:
      'Compare files of one version; where they should be of one, build from the tag of that version, and set the version in one place.',
    looksLike: 'x-1.0.dist-info/METADATA  offset 38\n  a: version 1.0\n  b: version 1.1',
    why: 'The package says another version of itself, so its source is another one: what else differs may be of the source and not of the build.',
    fixes: {
      git: 'a checkout of the tag: `git switch --detach v1.0`',
      pip: '`pip download x==1.0`',
      npm: '`npm pack x@1.0.0`',
      cargo: '`cargo download` or the .crate of that version',
      Maven: '`mvn dependency:copy -Dartifact=group:artifact:1.0`',
      dpkg: '`apt-get download x=1.0-1`',
    },
    stands: 'source',
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (!isOwn(delta)) continue;
      for (const { a, b, offset } of versionsIn(delta, view)) {
        evidence.push({ delta, offset, a: `version ${a}`, b: `version ${b}` });
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
