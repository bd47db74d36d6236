import { spawn } from 'node:child_process';
import { AppError } from '#core/errors/app-error.ts';
import type { Pkcs11Key } from '#services/config/pkcs11-uri.ts';
import type { Pkcs11Config } from '#services/config/signing.ts';

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

/** Reads the public key beside the private one. @returns SubjectPublicKeyInfo, DER */
export async function readPublicKey(module: Pkcs11Module, key: Pkcs11Key): Promise<Buffer> {
  return runTool(module, [...named(key), '--read-object', '--type=pubkey']);
}

/** CKM_ECDSA over a sha256, with the user's PIN. @returns DER */
export async function signDigest(
  module: Pkcs11Module,
  key: Pkcs11Key,
  call: { readonly pin: string; readonly digest: Uint8Array; readonly signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const sign = [
    '--login',
    `--pin=env:${pinVariable}`,
    '--sign',
    '--mechanism=ECDSA',
    '--signature-format=openssl',
  ];
  return runTool(module, [...named(key), ...sign], call);
}

/** Of the child's environment: arguments can be read by every user of the machine. */
const pinVariable = 'ASSAY_PKCS11_PIN';

function named({ token, object, idHex }: Pkcs11Key): string[] {
  return [
    `--token-label=${token}`,
    ...(object === undefined ? [] : [`--label=${object}`]),
    ...(idHex === undefined ? [] : [`--id=${idHex}`]),
  ];
}

/** Its messages are not repeated, for they are not ours; of what went wrong only the standard's code is kept. */
async function runTool(
  module: Pkcs11Module,
  args: readonly string[],
  call: {
    readonly pin?: string;
    readonly digest?: Uint8Array;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Buffer> {
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
    if (code === 0 && output.length > 0) return output;
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
  if (/object not found|key not found|Public key not found|Private key not found/i.test(complaints))
    return new TokenRefusal('The PKCS #11 token holds no such key', code, hint);
  return new TokenRefusal('The PKCS #11 token did not do what it was asked', code, hint);
}
