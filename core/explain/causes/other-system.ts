import type { Delta } from '#core/compare/delta.ts';
import type { Explainer } from '../explainer.ts';

const follows = new Set(['create_version', 'dos_attributes', 'mode']);

/**
 * Whether a field says which system wrote an archive. Libraries that write 255 into a gzip header (Python, npm, Rust)
 * do so everywhere: that tells the library, not the system.
 */
function saysSystem({ kind, field, a, b }: Delta): boolean {
  if (kind !== 'metadata') return false;
  return field === 'create_system' || (field === 'gzip_os' && !`${a} ${b}`.includes('255 (unknown)'));
}

export const otherSystem: Explainer = {
  meta: {
    id: 'built-on-another-system',
    title: 'The two were built on different operating systems',
    remedy:
      'Publish from the system that you name as the build platform (a Linux CI job, for most), or make the packer write create_system, modes and line ends that do not depend on it.',
    looksLike: 'pkg/m.py  create_system\n  a: 0 (MS-DOS/Windows)\n  b: 3 (Unix)',
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
    const direct = deltas.filter(saysSystem);
    if (direct.length === 0) return undefined;
    const members = new Set(direct.map(({ entryA }) => entryA));
    const consequent = deltas.filter(
      ({ kind, field, entryA }) =>
        kind === 'metadata' && follows.has(field ?? '') && entryA !== undefined && members.has(entryA),
    );
    const zip = direct.some(({ field }) => field === 'create_system');
    return {
      confidence: zip ? 'likely' : 'possible',
      evidence: [...direct, ...consequent].map((delta) => ({
        delta,
        a: delta.a,
        b: delta.b,
      })),
    };
  },
};
