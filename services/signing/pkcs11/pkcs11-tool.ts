import { spawn } from 'node:child_process';
import { AppError } from '#core/errors/app-error.ts';
import type { Pkcs11Key } from '#services/config/pkcs11-uri.ts';
import type { Pkcs11Config } from '#services/config/signing.ts';
import { notP256 } from '../p256.ts';
import { readPublicKeyList } from './public-key-list.ts';

const timeoutMs = 30_000;
const outputBytesMax = 16_384;

type Pkcs11Module = Pkcs11Config['module'];

/** pkcs11-tool said no. `code` is a CKR_… of PKCS #11, where it named one. */
export class TokenRefusal extends AppError {
  readonly tokenCode: string | undefined;

  constructor(what: string, tokenCode: string | undefined, hint: string) {
    super('unavailable', `${what}${tokenCode === undefined ? '' : ` (${tokenCode})`}.`, { hint });
    this.tokenCode = tokenCode;
  }
}

/**
 * The one key pair that `key` names, by its id: pkcs11-tool signs with any private key where it is given a label only.
 * @throws TokenRefusal none or several; AppError `usage` not a key on P-256
 */
export async function findKey(
  module: Pkcs11Module,
  key: Pkcs11Key,
): Promise<{ idHex: string; spki: Buffer }> {
  const listed = await runTool(module, [tokenOf(key), '--list-objects', '--type=pubkey'], {
    mayBeSilent: true,
  });
  const named = readPublicKeyList(listed.toString('utf8')).filter(
    ({ label, idHex }) =>
      (key.object === undefined || label === key.object) && (key.idHex === undefined || idHex === key.idHex),
  );
  const [found] = named;
  const hint = 'Check ASSAY_SIGNING_PKCS11; the token needs the public key too, under the same id.';
  if (!found) throw new TokenRefusal('The PKCS #11 token holds no such key', undefined, hint);
  if (new Set(named.map(({ idHex }) => idHex)).size > 1)
    throw new TokenRefusal('The PKCS #11 token holds several such keys', undefined, `${hint} Name it by id.`);
  const { idHex } = found;
  if (!/^EC\b.*\b256 bits/.test(found.kind)) throw notP256(`PKCS #11 token ${key.token}`);
  return {
    idHex,
    spki: await runTool(module, [tokenOf(key), `--id=${idHex}`, '--read-object', '--type=pubkey']),
  };
}

/** CKM_ECDSA over a sha256, with the user's PIN. @returns DER */
export async function signDigest(
  module: Pkcs11Module,
  key: Pick<Pkcs11Key, 'token'> & { readonly idHex: string },
  call: { readonly pin: string; readonly digest: Uint8Array; readonly signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const login = ['--login', `--pin=env:${pinVariable}`];
  const sign = ['--sign', '--mechanism=ECDSA', '--signature-format=openssl'];
  return runTool(module, [tokenOf(key), `--id=${key.idHex}`, ...login, ...sign], call);
}

/** Of the child's environment: arguments can be read by every user of the machine. */
const pinVariable = 'ASSAY_PKCS11_PIN';

function tokenOf({ token }: Pick<Pkcs11Key, 'token'>): string {
  return `--token-label=${token}`;
}

interface ToolCall {
  readonly pin?: string;
  readonly digest?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Whether nothing printed is an answer, too. */
  readonly mayBeSilent?: boolean;
}

/** Its messages are not repeated, for they are not ours; of what went wrong only the standard's code is kept. */
async function runTool(module: Pkcs11Module, args: readonly string[], call: ToolCall = {}): Promise<Buffer> {
  call.signal?.throwIfAborted();
  const child = spawn('pkcs11-tool', [`--module=${module.path}`, ...args], {
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      ...module.environment,
      ...(call.pin !== undefined && { [pinVariable]: call.pin }),
    },
    stdio: 'pipe',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const abort = (): boolean => child.kill('SIGKILL');
  call.signal?.addEventListener('abort', abort, { once: true });
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    // It may end before it has read all.
    child.stdin.on('error', () => undefined).end(call.digest);
    const [code, output, complaints] = await Promise.all([
      ended,
      bounded(child.stdout, abort),
      bounded(child.stderr, abort),
    ]);
    call.signal?.throwIfAborted();
    if (code === 0 && (output.length > 0 || call.mayBeSilent === true)) return output;
    throw refused(code, complaints.toString('latin1'));
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('missing-component', 'The program pkcs11-tool cannot be started.', {
      hint: 'apt-get install opensc',
    });
  } finally {
    call.signal?.removeEventListener('abort', abort);
  }
}

async function bounded(stream: AsyncIterable<Buffer>, giveUp: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > outputBytesMax) giveUp();
    else chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused(exit: number | null, complaints: string): TokenRefusal {
  const hint =
    'Check ASSAY_SIGNING_PKCS11, ASSAY_PKCS11_MODULE and ASSAY_PKCS11_PIN_FILE, and that the token is there.';
  if (exit === null)
    return new TokenRefusal(
      `The PKCS #11 token did not answer within ${timeoutMs / 1000} s`,
      undefined,
      hint,
    );
  const [code] = /\bCKR_[A-Z0-9_]{1,40}\b/.exec(complaints) ?? [];
  if (/No slot with token named|No slots/.test(complaints))
    return new TokenRefusal('There is no PKCS #11 token of that name', code, hint);
  return new TokenRefusal('The PKCS #11 token did not do what it was asked', code, hint);
}
