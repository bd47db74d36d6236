import type { Explainer } from '../explainer.ts';

const umaskBits = 0o077;

export const umask: Explainer = {
  meta: {
    id: 'umask',
    title: 'Permission bits follow the umask of whoever built it',
    remedy: 'Run `umask 022` before the build, or give the packer the modes (tar --mode=go=rX,u+rw,a-s).',
    looksLike: 'pkg/m.py  mode\n  a: 0664\n  b: 0644',
    why: 'Files get the modes that the umask of the account leaves them (022 or 002), also those that git checks out.',
    fixes: {
      'make, shell': 'umask 022',
      tar: '--mode=go=rX,u+rw,a-s',
      'setuptools, hatchling, flit, poetry': 'umask 022 before the checkout and the build',
      npm: 'npm pack clears the write bits of group and others',
      Gradle: 'filePermissions { unix("0644") }',
      Maven: 'fileMode and directoryMode in the assembly',
      dpkg: 'dh_fixperms',
      Docker: 'COPY --chmod',
    },
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
