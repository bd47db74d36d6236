import type { Delta } from '#core/compare/delta.ts';
import type { Explainer } from '../explainer.ts';

/** `version made by` of zip, APPNOTE.TXT 4.4.2. */
const systems: Readonly<Record<string, string>> = {
  0: 'FAT, as on Windows',
  3: 'Unix',
  7: 'Macintosh',
  10: 'NTFS',
  19: 'macOS',
};
const follows = new Set(['create_version', 'dos_attributes', 'mode']);

/**
 * Whether a field says which system wrote an archive. Libraries that write 255 into a gzip header (Python, npm, Rust)
 * do so everywhere: that tells the library, not the system.
 */
function saysSystem({ kind, field, a, b }: Delta): boolean {
  if (kind !== 'metadata') return false;
  return field === 'create_system' || (field === 'gzip_os' && !`${a} ${b}`.includes('255 (unknown)'));
}

function name(field: string | undefined, value: string | null | undefined): string | null | undefined {
  const system = field === 'create_system' ? systems[value ?? ''] : undefined;
  return system === undefined ? value : `${value} (${system})`;
}

export const otherSystem: Explainer = {
  meta: {
    id: 'built-on-another-system',
    title: 'The two were built on different operating systems',
    remedy:
      'Publish from the system that you name as the build platform (a Linux CI job, for most), or make the packer write create_system, modes and line ends that do not depend on it.',
    looksLike: 'pkg/m.py  create_system\n  a: 0 (FAT, as on Windows)\n  b: 3 (Unix)',
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
        a: name(delta.field, delta.a),
        b: name(delta.field, delta.b),
      })),
    };
  },
};
