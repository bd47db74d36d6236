import { NameShapes } from '#core/compare/pairing/name-shape.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { nameLines } from '../name-lines.ts';

/** Where builds run: below a home, a temporary folder, or one that a builder made for it. */
const places =
  /^\/?(?:(?:home|Users)\/[^/]+|root|builds?|tmp|var\/(?:tmp|lib\/[^/]+|cache\/[^/]+)|work(?:space)?|private\/var|usr\/src|__w|github\/workspace|[A-Za-z]:)(?:\/|$)/;

/** gcc and others spell a path as one name: `#home#ann#work#main.gcda`. */
function asPath(name: string): string {
  return name.includes('/') ? name : name.replaceAll(/[#%!\\]/g, '/');
}

/** The folders by which two names differ, where what follows them is the same. */
function foldersOf(a: string, b: string): { readonly a: string; readonly b: string } | undefined {
  const [one, other] = [asPath(a).split('/'), asPath(b).split('/')];
  if (one.at(-1) !== other.at(-1)) return undefined;
  while (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  return { a: one.join('/'), b: other.join('/') };
}

export const buildPathInName: Explainer = {
  meta: {
    id: 'build-path-in-name',
    title: 'The folder of the build is in the names of files',
    remedy:
      'Pack from inside of the folder, with names relative to it (tar -C dist ., zip from within dist).',
    looksLike: 'home/ann/work/dist/m.py\n  is build/pkg-1.0/dist/m.py in the second file',
    why: 'A packer was given an absolute path, or a tool makes the name of a file from the path of its source, and each build has a folder of its own.',
    fixes: {
      'make, shell': '`tar -C dist -cf out.tar .`; `cd dist && zip -r ../out.zip .`',
      'gcc, clang': '`-fprofile-dir` unset, or `-ffile-prefix-map=$PWD=.`; no `-fprofile-abs-path`',
      Python: '`zipfile.write(path, arcname)`; `tarfile.add(path, arcname)`',
      Java: '`jar -C classes .`',
      Docker: 'a fixed `WORKDIR`',
    },
    needs: ['names'],
    proposes: ['build-path'],
  },
  explain(facts) {
    const shapes = new NameShapes();
    const evidence = nameLines(facts).flatMap(({ delta, a, b }): Evidence[] => {
      const folders = foldersOf(a, b);
      if (folders === undefined || !places.test(folders.a) || !places.test(folders.b)) return [];
      // Below one folder, under a name that is made up for each build: another cause.
      const shape = shapes.of(folders.a);
      return shape !== undefined && shape === shapes.of(folders.b) ? [] : [{ delta, ...folders }];
    });
    const [first] = evidence;
    if (first === undefined) return undefined;
    const path = `/${(first.a ?? '').replace(/^\//, '')}`;
    return { confidence: 'likely', evidence, change: { kind: 'build-path', path } };
  },
};
