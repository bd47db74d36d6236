import type { Explainer } from '../explainer.ts';

const umaskBits = 0o077;

export const umask: Explainer = {
  meta: {
    id: 'umask',
    title: 'Permission bits follow the umask of whoever built it',
    remedy: 'Run `umask 022` before the build, or give the packer the modes (tar --mode=go=rX,u+rw,a-s).',
    needs: ['fields'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field, a, b, entryA, entryB }) => {
        if (kind !== 'metadata' || field !== 'mode' || typeof a !== 'string' || typeof b !== 'string')
          return false;
        // Another system's modes are that explainer's.
        if (entryA?.fields['create_system'] !== entryB?.fields['create_system']) return false;
        const changed = Number.parseInt(a, 8) ^ Number.parseInt(b, 8);
        return changed !== 0 && (changed & ~umaskBits) === 0;
      })
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
