import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { startSlirp } from './slirp.ts';

const binary = '/usr/sbin/dockerd';
const readyMs = 60_000;
const prefix = 'assay-engine-';

/** A Docker Engine of this test alone. */
export interface DockerEngine {
  /** Path of its socket. */
  readonly socketPath: string;
  /** A client for what the test itself asks of the engine. */
  readonly client: Docker;
  /** Kills the engine as a crash would, with every container in it, and starts another on the same data. */
  restart(): Promise<void>;
  /** With `outbound`: makes a port of the engine's network answer on this host's loopback; gives that port's number. */
  forward(port: number): Promise<number>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface DockerEngineOptions {
  /** Further OCI runtimes, by name. */
  readonly runtimes?: Readonly<Record<string, { path: string; runtimeArgs?: readonly string[] }>>;
  /** Networks of containers reach the outside, through slirp4netns: this host's own network is not touched. */
  readonly outbound?: boolean;
}

/**
 * Starts a private Docker Engine: own data, own socket, own network, mount and process namespaces. So it can neither
 * see nor disturb another engine's bridge or firewall rules, its mounts are never the host's, and when this process
 * ends, however it ends, the kernel ends the engine with all its containers.
 */
export async function startDockerEngine(options: DockerEngineOptions = {}): Promise<DockerEngine> {
  const { runtimes = {}, outbound = false } = options;
  if (!existsSync(binary)) throw new Error(`${binary} is missing: apt-get install docker.io iptables`);
  await removeDead();
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix}${process.pid}-`));
  const socketPath = path.join(folder, 'engine.sock');
  // Who may use the socket passes through; its data is the engine's alone.
  await chmod(folder, 0o711);
  const cgroupParent = path.basename(folder);
  const configFile = path.join(folder, 'daemon.json');
  await writeFile(configFile, JSON.stringify({ runtimes }));

  const start = async (): Promise<ChildProcess> => {
    const storage = canOverlay(folder) ? 'overlay2' : 'vfs';
    const argv = [
      // This process's end is the engine's end, and the end of the engine's processes, mounts and network.
      ['setpriv', '--pdeathsig', 'KILL', '--'],
      ['unshare', '--mount', '--propagation', 'slave', '--pid', '--net', '--mount-proc'],
      ['--fork', '--kill-child=KILL', '--', binary],
      ['--config-file', configFile, '--host', `unix://${socketPath}`, '--log-level', 'warn'],
      ['--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'exec')],
      ['--pidfile', path.join(folder, 'pid'), '--storage-driver', storage],
      ['--bridge=none', `--iptables=${outbound}`, '--cgroup-parent', `/${cgroupParent}`],
    ].flat();
    const engine = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    let said = '';
    engine.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
    const until = Date.now() + readyMs;
    while (!(await answers(client))) {
      if (engine.exitCode !== null) throw new Error(`the engine ended: ${said}`);
      if (Date.now() > until) throw new Error(`the engine was not ready in ${readyMs} ms: ${said}`);
      await delay(50);
    }
    return engine;
  };

  const client = new Docker({ socketPath });
  let engine = await start();
  const slirp = outbound ? await startSlirp(engine, folder) : undefined;
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => engine.once('exit', resolve));
    if (engine.exitCode === null && engine.signalCode === null) {
      engine.kill('SIGKILL');
      await ended;
    }
    await rm(path.join(folder, 'pid'), { force: true });
    await rm(socketPath, { force: true });
    await rm(path.join(folder, 'exec'), { recursive: true, force: true });
  };
  return {
    socketPath,
    client,
    async forward(port) {
      if (slirp === undefined) throw new Error('this engine was started without outbound');
      return slirp.forward(port);
    },
    async restart() {
      await kill();
      engine = await start();
    },
    async stop() {
      await kill();
      await slirp?.stop();
      await removeCgroups(cgroupParent);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a test that was killed has left: the kernel ended its engine, the folder and empty cgroups stayed. */
async function removeDead(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^assay-engine-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    await removeCgroups(name);
    await rm(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function answers(client: Docker): Promise<boolean> {
  return client.ping().then(
    () => true,
    () => false,
  );
}

/** Whether an overlay can be mounted over `folder`; tried in a mount namespace that ends with the trial. */
function canOverlay(folder: string): boolean {
  const script =
    'mkdir -p "$1/try/l" "$1/try/u" "$1/try/w" "$1/try/m" && mount -t overlay overlay -o "lowerdir=$1/try/l,upperdir=$1/try/u,workdir=$1/try/w" "$1/try/m"';
  return spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', folder]).status === 0;
}

/** A killed engine leaves empty cgroups; the kernel frees them once the last process in them is gone. */
async function removeCgroups(parent: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const roots = mounts.split('\n').flatMap((line) => {
    const [, folder, type] = line.split(' ');
    return folder !== undefined && type?.startsWith('cgroup') ? [folder] : [];
  });
  for (const root of roots) await removeTree(path.join(root, parent));
}

async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(path.join(folder, entry.name));
  }
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(20);
    }
  }
}
