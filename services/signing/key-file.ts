import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, rm, type FileHandle } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import { keyHint, type KeySigner } from './signer.ts';

const keyBytesMax = 16_384;

/** What was seen of the key's file when it was opened; evidence for the level. */
export interface KeyFileStatus {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
}

/**
 * A P-256 private key (PEM, PKCS#8) in a file that nobody but its owner can read.
 * @throws AppError `missing-component` no such file; `usage` readable by others, not a regular file, or not such a key
 */
export async function keyFileSigner(path: string): Promise<KeySigner & { readonly status: KeyFileStatus }> {
  const { pem, status } = await readKeyFile(path);
  const privateKey = parseP256(pem, path);
  const publicKey = createPublicKey(privateKey);
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const hint = keyHint(publicKey);
  return {
    hint,
    publicKeyPem,
    status,
    sign: async (pae, signal) => {
      signal?.throwIfAborted();
      const signature = sign('sha256', pae, privateKey);
      return { signature, material: { kind: 'public-key', hint, publicKeyPem } };
    },
  };
}

/**
 * Makes a P-256 key at `path`, mode 0600, unless there is a file; of several that try at once, one wins. The key is
 * whole when it appears. Answers whether this call made it.
 * @throws AppError `unavailable` where the folder cannot be written
 */
export async function createKeyFile(path: string): Promise<boolean> {
  // A key that was mounted lies in a folder where nothing can be written.
  if (await exists(path)) return false;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const draft = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw new AppError('unavailable', 'The signing key could not be written.', {
      hint: `Make the folder of ${path} and let this user write to it.`,
      cause: error,
    });
  } finally {
    await rm(draft, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Opened once: what was checked is what is read. */
async function readKeyFile(path: string): Promise<{ pem: string; status: KeyFileStatus }> {
  let file: FileHandle;
  try {
    // Not blocking, so that a fifo in the key's place is refused instead of waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new AppError('missing-component', `The signing key ${path} cannot be opened.`, {
      hint: 'Set ASSAY_SIGNING_KEY_FILE to a P-256 private key (PEM, PKCS#8) that this user can read.',
      cause: error,
    });
  }
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > keyBytesMax) throw notAKey(path);
    if ((mode & 0o077) !== 0) {
      throw new AppError('usage', `The signing key ${path} can be read by others than its owner.`, {
        hint: `chmod 600 ${path}; if others may have read it, make a new key.`,
      });
    }
    return { pem: await file.readFile('utf8'), status: { mode: mode & 0o777, uid } };
  } finally {
    await file.close();
  }
}

function parseP256(pem: string, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's words could hold a part of the key.
    throw notAKey(path);
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw notAKey(path);
  return key;
}

function notAKey(path: string): AppError {
  return new AppError('usage', `${path} is not a P-256 private key (PEM, PKCS#8).`, {
    hint: 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 makes one.',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
