import type { Explainer } from '../explainer.ts';

export const fileOrder: Explainer = {
  meta: {
    id: 'file-order',
    title: 'The same members stand in another order',
    remedy:
      'Sort what is packed, independent of the locale: tar --sort=name, `LC_ALL=C sort`, sorted(os.listdir(…)); directories come in no particular order.',
    looksLike:
      'package.tar\n  a: README, LICENSE, …\n  b: LICENSE, README, …\n  214 of 301 members stand at another place; the first at place 1',
    why: 'A directory is read in the order in which its file system keeps it (readdir), which is another on each machine; globs and os.listdir hand it on.',
    fixes: {
      tar: 'tar --sort=name',
      zip: 'find . -print | LC_ALL=C sort | zip -X@ out.zip',
      ar: 'the objects sorted: ar rcD lib.a $(printf "%s\\n" *.o | LC_ALL=C sort)',
      make: '$(sort $(wildcard *.c)), because $(wildcard) of make 3.82 to 4.2 is unsorted',
      CMake: 'list(SORT) after file(GLOB)',
      Python: 'sorted(os.listdir(…)), sorted(glob.glob(…))',
      'setuptools, flit': 'a current version: they sort',
      npm: 'npm pack sorts',
      Maven: 'maven-jar-plugin 3.2 or later',
      Gradle: 'reproducibleFileOrder = true',
      cargo: 'sorted read_dir in build.rs',
    },
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field }) => kind === 'order' || field === 'zip_local_order')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
