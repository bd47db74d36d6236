import { askEngine, askIfThere, type Docker } from './engine.ts';
import { workerLabel } from './names.ts';
import { removeVolumes } from './volumes.ts';

/** Ends and removes every container, then every volume, that has all of `labels`. */
export async function removeLabelled(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
  const containers = await askEngine('list containers', docker.listContainers({ all: true, filters }));
  await Promise.all(containers.map(({ Id }) => removeContainer(docker, Id)));
  const { Volumes } = await askEngine('list volumes', docker.listVolumes({ filters }));
  await removeVolumes(
    docker,
    (Volumes ?? []).map(({ Name }) => Name),
  );
}

/** The names of all workers that own something in this engine. */
export async function workersNamed(docker: Docker): Promise<string[]> {
  const filters = { label: [workerLabel] };
  const containers = await askEngine('list containers', docker.listContainers({ all: true, filters }));
  const { Volumes } = await askEngine('list volumes', docker.listVolumes({ filters }));
  const names = [...containers, ...(Volumes ?? [])].map(({ Labels }) => Labels?.[workerLabel]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Ends and removes a container; there being none is well. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await askIfThere('remove a container', docker.getContainer(id).remove({ force: true, v: false }));
}
