import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '#services/postgres/free-port.ts';

const binary = '/usr/bin/slirp4netns';

/** The way out of a network namespace, in user space. */
export interface Slirp {
  /** Makes a TCP port of the namespace answer on this host's loopback; gives the port there. */
  forward(port: number): Promise<number>;
  stop(): Promise<void>;
}

/** For the network namespace of the only child of `unshare`. It ends with this process. */
export async function startSlirp(unshare: ChildProcess, folder: string): Promise<Slirp> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: apt-get install slirp4netns`);
  const children = await readFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
  const socket = path.join(folder, 'slirp.sock');
  const argv = [
    // It ends with this process, however that ends.
    ['setpriv', '--pdeathsig', 'KILL', '--'],
    [binary, '--configure', '--mtu=65520', '--disable-host-loopback'],
    ['--api-socket', socket, '--ready-fd=3', children.trim(), 'tap0'],
  ].flat();
  const slirp = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ready = slirp.stdio[3];
  if (ready === null || ready === undefined) throw new Error('slirp4netns has no descriptor to be ready on');
  const ended = once(slirp, 'exit');
  await Promise.race([
    once(ready, 'data'),
    ended.then(() => {
      throw new Error('slirp4netns ended');
    }),
  ]);
  return {
    async forward(port) {
      const hostPort = await freePort();
      const connection = connect(socket);
      connection.end(
        JSON.stringify({
          execute: 'add_hostfwd',
          arguments: { proto: 'tcp', host_addr: '127.0.0.1', host_port: hostPort, guest_port: port },
        }),
      );
      const answer = JSON.parse(await text(connection)) as { error?: { desc: string } };
      if (answer.error !== undefined) throw new Error(`slirp4netns: ${answer.error.desc}`);
      return hostPort;
    },
    async stop() {
      slirp.kill('SIGKILL');
      await ended;
    },
  };
}
