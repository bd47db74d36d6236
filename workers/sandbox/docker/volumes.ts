import type { Machine } from '../layout.ts';
import { type AttemptPlan, tmpBytes } from './container-options.ts';
import { askEngine, askIfThere, type Docker } from './engine.ts';

const reportBytes = 64 * 1024;
/** A file of a page or less on average; bounds the kernel memory that empty files take. */
const bytesPerFile = 4096;
const filesMin = 1024;

/** Makes the attempt's volumes: in memory, of a fixed size, gone when the last container that has them is. */
export async function createVolumes(docker: Docker, { names, limits, machine }: AttemptPlan): Promise<void> {
  const sizes = [
    [names.volumes.work, limits.diskBytes, '0755'],
    [names.volumes.tmp, tmpBytes(limits), '1777'],
    [names.volumes.report, reportBytes, '0700'],
  ] as const;
  await Promise.all(
    sizes.map(([name, sizeBytes, mode]) =>
      askEngine(
        'create a volume',
        docker.createVolume({
          Name: name,
          Driver: 'local',
          DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: mountOptions(sizeBytes, mode, machine) },
          Labels: { ...names.labels },
        }),
      ),
    ),
  );
}

function mountOptions(sizeBytes: number, mode: string, machine: Machine): string {
  const files = Math.max(filesMin, Math.ceil(sizeBytes / bytesPerFile));
  return [
    `size=${sizeBytes}`,
    `nr_inodes=${files}`,
    `uid=${machine.uid}`,
    `gid=${machine.gid}`,
    `mode=${mode}`,
    'nosuid',
    'nodev',
  ].join(',');
}

/** Removes them; they must no longer be in use. */
export async function removeVolumes(docker: Docker, volumes: readonly string[]): Promise<void> {
  await Promise.all(
    volumes.map((name) => askIfThere('remove a volume', docker.getVolume(name).remove({ force: true }))),
  );
}
