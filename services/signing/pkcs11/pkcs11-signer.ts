import { createHash } from 'node:crypto';
import type { Pkcs11Config } from '#services/config/signing.ts';
import { AppError } from '#core/errors/app-error.ts';
import { remoteSigner } from '../p256.ts';
import { readSecretFile } from '../secret-file.ts';
import type { KeySigner } from '../signer.ts';
import { findKey, signDigest, TokenRefusal } from './pkcs11-tool.ts';

const pinBytesMax = 256;

/**
 * A key in a PKCS #11 token, through OpenSC's pkcs11-tool as a child of its own for each signature: a module that
 * crashes takes nothing with it. Signs once at the start, so that a wrong PIN is told then. A PIN that was refused is not
 * tried again, for tokens lock themselves after some tries.
 * @throws AppError `usage`, `missing-component` or `unavailable`
 */
export async function pkcs11Signer({ key, module, pinFile }: Pkcs11Config): Promise<KeySigner> {
  const pin = pinReader(pinFile);
  const place = `PKCS #11 token ${key.token}`;
  const { idHex, spki } = await findKey(module, key);
  const inTurn = oneAtATime();
  const signOnce = async (pae: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> => {
    const digest = createHash('sha256').update(pae).digest();
    const tried = await pin.read();
    try {
      return await signDigest(module, { token: key.token, idHex }, { pin: tried, digest, signal });
    } catch (error) {
      if (error instanceof TokenRefusal && error.tokenCode?.startsWith('CKR_PIN_')) throw pin.refused(tried);
      throw error;
    }
  };
  const signer = remoteSigner(place, spki, (pae, signal) => inTurn(() => signOnce(pae, signal)));
  await signer.sign(Buffer.from('Assay: can this key sign?'));
  return signer;
}

/**
 * A token signs one thing at a time whoever asks, and SoftHSM is not to be found at all while another process logs in.
 * Only the token is waited for: certificates and witnesses are not.
 */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function pinReader(pinFile: string): { read(): Promise<string>; refused(pin: string): AppError } {
  let refusedPin: string | undefined;
  const wrong = (): AppError =>
    new AppError('usage', 'The PKCS #11 token refused the PIN; it is not tried again.', {
      hint: `Put the right PIN in ${pinFile}; see whether the token has locked itself.`,
    });
  return {
    read: async () => {
      const pin = (await readSecretFile(pinFile, pinBytesMax, 'ASSAY_PKCS11_PIN_FILE')).replace(/\r?\n$/, '');
      if (pin === refusedPin) throw wrong();
      return pin;
    },
    refused: (pin) => {
      refusedPin = pin;
      return wrong();
    },
  };
}
