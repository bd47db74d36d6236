import { sayTheSame } from '../jar-manifest.ts';
import { linesApart } from '../lines-apart.ts';
import { onceForArchive } from '../once-for-archive.ts';
import type { Pass } from '../pass.ts';

const isSigned = onceForArchive(({ entries }) =>
  entries.some(({ key }) => /^META-INF\/[^/]+\.SF$/i.test(key)),
);

export const jarManifestOrder: Pass = {
  id: 'jar-manifest-order',
  title: "The order of attributes in a jar's manifest",
  risk: 'None known: attributes have names, and each stands once. Not for a signed jar.',
  touches: {
    formats: ['zip'],
    contents: { names: /^META-INF\/MANIFEST\.MF$/, title: '`META-INF/MANIFEST.MF`' },
  },
  setsAside(delta, facts) {
    const view = facts.view(delta);
    if (view?.text === undefined || !view.a.whole || !view.b.whole) return undefined;
    const { archiveA, archiveB } = delta;
    if (archiveA === undefined || archiveB === undefined) return undefined;
    if (isSigned(archiveA) || isSigned(archiveB)) return undefined;
    const { a, b } = view.text;
    return sayTheSame(a, b) ? linesApart(a.split(/\r?\n/), b.split(/\r?\n/)) : undefined;
  },
};
