import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { stat } from 'node:fs/promises';

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

const lineLengthMax = 256;

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
    onFirstLine(socket, (nonce) => {
      if (closing) {
        socket.destroy();
        return;
      }
      users.add(socket);
      socket.write(`${proof(key, nonce)}\n`);
    });
    socket.once('close', () => {
      users.delete(socket);
      settle();
    });
  });
  if (!(await listens(server, await socketName(folder)))) return undefined;
  server.unref();
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
  socket.on('error', () => undefined);
  const answer = new Promise<string | undefined>((resolve) => {
    onFirstLine(socket, resolve);
    socket.once('close', () => resolve(undefined));
    socket.setTimeout(5000, () => socket.destroy());
  });
  socket.write(`${nonce}\n`);
  const said = await answer;
  socket.setTimeout(0);
  socket.unref();
  if (said !== undefined && same(said, proof(key, nonce))) return { release: () => void socket.destroy() };
  socket.destroy();
  return undefined;
}

/** False where another process listens there. */
async function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(true));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(name);
  });
}

/** Whoever says more than a line should hold is let go. */
function onFirstLine(socket: Socket, use: (line: string) => void): void {
  let text = '';
  const read = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\n');
    if (end >= 0) {
      socket.off('data', read);
      socket.resume();
      use(text.slice(0, end));
    } else if (text.length > lineLengthMax) socket.destroy();
  };
  socket.on('data', read);
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
