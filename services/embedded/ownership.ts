import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/**
 * Who owns the service of one data folder, and who uses it: an abstract unix socket (unix(7)) named after the folder.
 * To listen on it is to own, which only one process can; to be connected is to use. The kernel ends both with the
 * process, however it ends, so nothing stale is ever left. Other users of the machine can connect too, so the owner
 * proves itself with a key that only the state file (mode 0600) holds.
 */
export interface Ownership {
  /** Resolves when no other launcher uses the service; from then on none is let in. */
  untilUnused(): Promise<void>;
  release(): Promise<void>;
}

export interface Usage {
  release(): void;
}

/** Undefined when another process owns the folder. */
export async function claimOwnership(folder: string, key: string): Promise<Ownership | undefined> {
  const users = new Set<Socket>();
  let unused: (() => void) | undefined;
  let closing = false;
  const settle = (): void => {
    if (users.size > 0 || unused === undefined) return;
    closing = true;
    unused();
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket });
    lines.once('line', (nonce) => {
      if (closing) {
        socket.destroy();
        return;
      }
      users.add(socket);
      socket.write(`${proof(key, nonce.slice(0, 128))}\n`);
    });
    socket.once('close', () => {
      users.delete(socket);
      settle();
    });
  });
  server.unref();
  const listening = Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(([error]) => {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
      throw error;
    }),
  ]);
  server.listen(await socketName(folder));
  if (!(await listening)) return undefined;
  return {
    untilUnused: () =>
      new Promise((resolve) => {
        unused = resolve;
        settle();
      }),
    async release() {
      closing = true;
      for (const user of users) user.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Undefined when nobody owns the folder's service, or whoever does cannot prove to hold `key`. */
export async function joinOwner(folder: string, key: string): Promise<Usage | undefined> {
  const nonce = randomBytes(16).toString('hex');
  const socket = connect(await socketName(folder));
  socket.unref();
  socket.on('error', () => undefined);
  const answer = new Promise<string | undefined>((resolve) => {
    createInterface({ input: socket }).once('line', resolve);
    socket.once('close', () => resolve(undefined));
    socket.setTimeout(5000, () => socket.destroy());
  });
  socket.write(`${nonce}\n`);
  const said = await answer;
  socket.setTimeout(0);
  if (said !== undefined && same(said, proof(key, nonce))) return { release: () => void socket.destroy() };
  socket.destroy();
  return undefined;
}

/** By device and inode, so that one folder has one name wherever it is mounted. */
async function socketName(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const name = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32);
  return `\0assay-${name}`;
}

function proof(key: string, nonce: string): string {
  return createHmac('sha256', key).update(nonce).digest('hex');
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
