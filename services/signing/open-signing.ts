import type { KeylessConfig, SignerConfig, SigningConfig } from '#services/config/signing.ts';
import { createSigning } from './create-signing.ts';
import type { Custody } from './custody.ts';
import { createKeyFile, keyFileSigner } from './key-file.ts';
import { fulcioSigner } from './keyless/fulcio-signer.ts';
import { tokenEndpoint, tokenFile, type IdentityTokenSource } from './keyless/identity-token.ts';
import { awsKmsSigner } from './kms/aws-kms-signer.ts';
import { pkcs11Signer } from './pkcs11/pkcs11-signer.ts';
import type { Signer, SigningKey } from './signer.ts';
import type { Signing } from './signing.ts';
import { openTrustedRoot } from './trusted-root.ts';
import { timeStampAuthority } from './witness/time-stamp-authority.ts';
import { transparencyLog } from './witness/transparency-log.ts';

/** A way to sign that is ready. */
export interface OpenedSigning extends Signing {
  readonly custody: Custody;
  /** Whether the key was made just now, because there was none. */
  readonly keyIsNew: boolean;
}

interface OpenedSigner {
  readonly signer: Signer;
  readonly key?: SigningKey;
  readonly custody: Custody;
  readonly keyIsNew?: boolean;
}

/**
 * Opens the way to sign that `config` names: reads the key or reaches the token or service that has it.
 * @throws AppError `usage`, `missing-component` or `unavailable`; with nothing secret in it
 */
export async function openSigning(config: SigningConfig): Promise<OpenedSigning> {
  const now = (): number => Date.now();
  const { signer, key, custody, keyIsNew = false } = await openSigner(config.signer, now);
  const { timestampUrl, logUrl, trustedRootFile } = config;
  const signing = createSigning({
    signer,
    key,
    timestamps: timestampUrl === undefined ? undefined : timeStampAuthority({ url: timestampUrl, now }),
    log: logUrl === undefined ? undefined : transparencyLog(logUrl),
    faultOf:
      trustedRootFile === undefined
        ? undefined
        : await openTrustedRoot(trustedRootFile, { key, timestamps: timestampUrl !== undefined }),
  });
  return { ...signing, custody, keyIsNew };
}

async function openSigner(config: SignerConfig, now: () => number): Promise<OpenedSigner> {
  switch (config.kind) {
    case 'key-file': {
      const keyIsNew = await createKeyFile(config.path);
      const signer = await keyFileSigner(config.path);
      const custody = { kind: config.kind, path: config.path, ...signer.status };
      return { signer, key: signer, custody, keyIsNew };
    }
    case 'pkcs11': {
      const signer = await pkcs11Signer(config);
      const { token, object, idHex = '' } = config.key;
      const custody = { kind: config.kind, token, object: object ?? idHex, pinFile: config.pinFile };
      return { signer, key: signer, custody };
    }
    case 'kms': {
      const signer = await awsKmsSigner(config);
      return { signer, key: signer, custody: { kind: config.kind, keyId: signer.keyId } };
    }
    case 'keyless': {
      const identity = identityOf(config.identity);
      const signer = fulcioSigner({ url: config.fulcioUrl, identity, now });
      const custody = { kind: config.kind, authorityUrl: config.fulcioUrl, tokenSource: identity.place };
      return { signer, custody };
    }
  }
}

function identityOf(config: KeylessConfig['identity']): IdentityTokenSource {
  return 'tokenFile' in config ? tokenFile(config.tokenFile) : tokenEndpoint(config);
}
