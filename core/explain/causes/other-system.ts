import type { Explainer } from '../explainer.ts';

/** Fields that say which system wrote an archive, and fields that follow from it. */
const says = new Set(['create_system', 'gzip_os']);
const follows = new Set(['create_version', 'dos_attributes', 'mode']);

export const otherSystem: Explainer = {
  meta: {
    id: 'built-on-another-system',
    title: 'The two were built on different operating systems',
    remedy:
      'Publish from the system that you name as the build platform (a Linux CI job, for most), or make the packer write create_system, modes and line ends that do not depend on it.',
    looksLike: 'pkg/m.py  create_system\n  a: 0\n  b: 3',
    why: 'Archives record the system that made them (zip: version made by; gzip: OS), and with it modes, attributes and line ends follow.',
    fixes: {
      'pip, setuptools': 'publish from one Linux job',
      npm: 'npm pack on Linux or macOS',
      'Maven, Gradle': 'fixed file and directory modes in the archive tasks',
      zip: 'the same Info-ZIP on the same system',
    },
    needs: ['fields'],
  },
  explain({ deltas }) {
    const metadata = deltas.filter(({ kind }) => kind === 'metadata');
    const direct = metadata.filter(({ field }) => says.has(field ?? ''));
    if (direct.length === 0) return undefined;
    const members = new Set(direct.map(({ entryA }) => entryA));
    const consequent = metadata.filter(
      ({ field, entryA }) => follows.has(field ?? '') && entryA !== undefined && members.has(entryA),
    );
    // The system byte of gzip says which library wrote it, and only by that which system.
    const zip = direct.some(({ field }) => field === 'create_system');
    return {
      confidence: zip ? 'likely' : 'possible',
      evidence: [...direct, ...consequent].map((delta) => ({ delta, a: delta.a, b: delta.b })),
    };
  },
};
