import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from '#test/harness/servers/docker-engine.ts';
import { allProcesses } from './process-tree.ts';

/** Whatever of any build is still there: processes, mounts, folders, containers, volumes; one line each. */
export async function leftOver(workFolder: string, engine?: DockerEngine): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(workFolder));
  const processes = (await allProcesses())
    .filter(({ command }) => command.includes(workFolder) && /bwrap|socat|sleep/.test(command))
    .map(({ pid, command }) => `${pid} ${command}`);
  return [...mounts, ...processes, ...(await foldersIn(workFolder)), ...(await containersOf(engine))];
}

async function foldersIn(workFolder: string): Promise<string[]> {
  const entries = await readdir(workFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ parentPath }) => parentPath.endsWith('/jobs') || parentPath.endsWith('/sandbox'))
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function containersOf(engine: DockerEngine | undefined): Promise<string[]> {
  if (engine === undefined) return [];
  const [containers, { Volumes: volumes }] = await Promise.all([
    engine.client.listContainers({ all: true }),
    engine.client.listVolumes(),
  ]);
  return [
    ...containers.map(({ Names: names, Status: status }) => `container ${names.join(' ')}: ${status}`),
    ...(volumes ?? []).map(({ Name: name }) => `volume ${name}`),
  ];
}
