import type { ContentView } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { reorderedLines, type Reordering } from '../reordered-lines.ts';
import { isSortedByOtherRules } from '../sorting.ts';

const fileName = /^(?:\.{0,2}\/)?[\w.+@~%,=-]{1,255}(?:\/[\w.+@~%,=-]{1,255}){0,40}\/?$/;
/** Of a word alone nobody knows that it is a file's name. */
const tellsFile = /[^.]\.[A-Za-z]\w{0,7}$|\//;

/** A list of files in another order, in a text. */
function listedFiles(view: ContentView): Reordering | undefined {
  const order = reorderedLines(view);
  if (order === undefined || isSortedByOtherRules(order.a, order.b)) return undefined;
  const names = order.a.map((line) => line.trim().replace(/^["']/, '').replace(/["']$/, ''));
  const files =
    names.every((name) => fileName.test(name)) &&
    names.filter((name) => tellsFile.test(name)).length * 2 >= names.length;
  return files ? order : undefined;
}

export const fileOrder: Explainer = {
  meta: {
    id: 'file-order',
    title: 'The same members stand in another order',
    remedy:
      'Sort what is packed, independent of the locale: tar --sort=name, `LC_ALL=C sort`, sorted(os.listdir(…)); directories come in no particular order.',
    looksLike:
      'package.tar\n  a: README\n  b: LICENSE\n  214 of 301 members stand at another place; the first at place 1\nsources.list  offset 0\n  a: src/b.c\n  b: src/a.c',
    why: 'A directory is read in the order in which its file system keeps it (readdir), which is another on each machine; globs and os.listdir hand it on.',
    fixes: {
      tar: '`tar --sort=name`',
      zip: '`find . -print | LC_ALL=C sort | zip -X@ out.zip`',
      ar: '`ar rcD lib.a $(printf "%s\\n" *.o | LC_ALL=C sort)`',
      make: '`$(sort $(wildcard *.c))`: make 3.82 to 4.2 does not sort',
      CMake: '`list(SORT files)` after `file(GLOB files …)`',
      Python: '`sorted(os.listdir(…))`, `sorted(glob.glob(…))`',
      'setuptools, flit': 'a current version: they sort',
      npm: '`npm pack` sorts; `fs.readdirSync(…).sort()` in scripts',
      Maven: 'maven-jar-plugin 3.2 or later',
      Gradle: '`reproducibleFileOrder = true`',
      cargo: '`read_dir` in build.rs collected and sorted',
      go: '`os.ReadDir` sorts, `f.Readdir` does not',
    },
    needs: ['names', 'content'],
  },
  explain(facts) {
    const evidence: Evidence[] = facts.deltas
      .filter(({ kind, field }) => kind === 'order' || field === 'zip_local_order')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    for (const { delta, view } of contentViews(facts)) {
      const order = listedFiles(view);
      if (order !== undefined) evidence.push({ delta, ...order.first });
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
