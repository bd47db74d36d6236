import { linesApart } from '../lines-apart.ts';
import type { Pass } from '../pass.ts';

/** What java.util.Properties.store writes as a comment: java.util.Date.toString. */
const dateComment =
  /^#(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d \d\d:\d\d:\d\d [A-Z]{1,5}(?:[+-]\d\d:\d\d)? \d{4,6}\r?$/;

export const propertiesDate: Pass = {
  id: 'properties-date',
  title: 'The date in the comment at the head of a Java properties file',
  risk: 'None known: it is a comment, and readers of properties drop those.',
  touches: { formats: ['zip', 'tar'], contents: { names: /\.properties$/, title: '`*.properties`' } },
  setsAside(delta, facts) {
    const view = facts.view(delta);
    if (view?.text === undefined || !view.a.whole || !view.b.whole) return undefined;
    const [a, b] = [view.text.a.split('\n'), view.text.b.split('\n')];
    if (a.length !== b.length) return undefined;
    for (const [index, line] of a.entries()) {
      const other = b[index] ?? '';
      if (line === other) {
        // Behind the head a line with a # may be the rest of a value.
        if (line.startsWith('#')) continue;
        return a.slice(index).join('\n') === b.slice(index).join('\n') ? linesApart(a, b) : undefined;
      }
      const ends = line.endsWith('\r') === other.endsWith('\r');
      if (!ends || !dateComment.test(line) || !dateComment.test(other)) return undefined;
    }
    return linesApart(a, b);
  },
};
