import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensureRootfs } from '#workers/rootfs/ensure-rootfs.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';

/** The smallest root file system that we make, kept between test runs on one machine; about 30 s where it is not there. */
export function testRootfs(): Promise<Rootfs> {
  return ensureRootfs(
    {
      kind: 'debian',
      suite: 'bookworm',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      packages: [],
    },
    { folder: join(tmpdir(), `assay-test-rootfs-${userInfo().uid}`) },
  );
}
