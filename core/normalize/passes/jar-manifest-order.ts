import type { Archive } from '#core/archive/entry.ts';
import { sayTheSame } from '../jar-manifest.ts';
import { linesApart } from '../lines-apart.ts';
import type { Pass } from '../pass.ts';

function isSigned(archive: Archive | undefined): boolean {
  return archive === undefined || archive.entries.some(({ key }) => /^META-INF\/[^/]+\.SF$/i.test(key));
}

export const jarManifestOrder: Pass = {
  id: 'jar-manifest-order',
  title: 'The order of attributes in a jar’s manifest',
  risk: 'None known: attributes have names, and each stands once. Not for a signed jar.',
  touches: {
    formats: ['zip'],
    contents: { names: /^META-INF\/MANIFEST\.MF$/, title: '`META-INF/MANIFEST.MF`' },
  },
  setsAside(delta, facts) {
    const view = facts.view(delta);
    if (view?.text === undefined || !view.a.whole || !view.b.whole) return undefined;
    if (isSigned(delta.archiveA) || isSigned(delta.archiveB)) return undefined;
    const { a, b } = view.text;
    return sayTheSame(a, b) ? linesApart(a.split(/\r?\n/), b.split(/\r?\n/)) : undefined;
  },
};
