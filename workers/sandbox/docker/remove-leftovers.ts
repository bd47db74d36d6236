import { askEngine, askIfThere, type Docker } from './engine.ts';
import { workerLabel } from './names.ts';
import { removeVolumes } from './volumes.ts';

/** Ends and removes every container, then every volume, that has all of `labels`. */
export function removeLabelled(docker: Docker, labels: Readonly<Record<string, string>>): Promise<void> {
  return remove(
    docker,
    Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    () => true,
  );
}

/** The same for all that belongs to workers whose name `isMeant`. */
export function removeOfWorkers(docker: Docker, isMeant: (worker: string) => boolean): Promise<void> {
  return remove(docker, [workerLabel], ({ Labels }) => isMeant(Labels[workerLabel] ?? ''));
}

async function remove(
  docker: Docker,
  label: string[],
  isMeant: (one: { Labels: Readonly<Record<string, string>> }) => boolean,
): Promise<void> {
  const filters = { label };
  const containers = await askEngine('list containers', docker.listContainers({ all: true, filters }));
  await Promise.all(containers.filter(isMeant).map(({ Id }) => removeContainer(docker, Id)));
  const { Volumes } = await askEngine('list volumes', docker.listVolumes({ filters }));
  await removeVolumes(
    docker,
    (Volumes ?? []).filter(isMeant).map(({ Name }) => Name),
  );
}

/** Ends and removes a container; there being none is well. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await askIfThere('remove a container', docker.getContainer(id).remove({ force: true, v: false }));
}
