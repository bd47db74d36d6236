import { generateKeyPairSync, type KeyObject, randomBytes, type X509Certificate } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificates.ts';

/** What verifiers are told of the servers' keys. */
export interface PublicMaterial {
  /** Fulcio's: who signs signers' certificates first, the root last. */
  readonly fulcio: readonly X509Certificate[];
  /** The time-stamp authority's: who stamps first, the root last. */
  readonly tsa: readonly X509Certificate[];
  /** Rekor's, Ed25519. */
  readonly rekor: KeyObject;
}

export interface FulcioFiles {
  readonly chain: string;
  readonly key: string;
  readonly keyPassword: string;
}
export interface TsaFiles {
  readonly chain: string;
  readonly key: string;
}

/** Folders for the private part of each server: none of them needs another's. */
export interface MaterialFolders {
  readonly fulcio: string;
  readonly tsa: string;
  readonly rekor: string;
}

export interface Material {
  readonly public: PublicMaterial;
  readonly fulcio: FulcioFiles;
  readonly tsa: TsaFiles;
  /** PKCS#8 PEM. */
  readonly rekorKey: string;
}

const authority = (pathLength: number): string[] => [
  `basicConstraints=critical,CA:TRUE,pathlen:${pathLength}`,
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];

/** Makes fresh keys and certificates. The keys of the roots are thrown away: nothing else is ever signed by them. */
export async function makeMaterial(folders: MaterialFolders): Promise<Material> {
  const [fulcio, tsa] = await Promise.all([fulcioMaterial(folders.fulcio), tsaMaterial(folders.tsa)]);
  await mkdir(folders.rekor, { recursive: true });
  const rekor = generateKeyPairSync('ed25519');
  const rekorKey = join(folders.rekor, 'rekor.key');
  await writeFile(rekorKey, rekor.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return {
    public: { fulcio: fulcio.chain, tsa: tsa.chain, rekor: rekor.publicKey },
    fulcio: fulcio.files,
    tsa: tsa.files,
    rekorKey,
  };
}

async function fulcioMaterial(folder: string) {
  const chain = await makeChain(folder, {
    root: { commonName: 'fulcio-root', extensions: authority(1) },
    first: {
      commonName: 'fulcio-intermediate',
      extensions: [...authority(0), 'extendedKeyUsage=codeSigning', 'authorityKeyIdentifier=keyid'],
    },
  });
  // Fulcio takes no other than an encrypted key.
  const keyPassword = randomBytes(16).toString('hex');
  const key = chain.key.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: keyPassword,
  });
  await writeFile(chain.keyFile, key, { mode: 0o600 });
  return { chain: chain.certificates, files: { chain: chain.file, key: chain.keyFile, keyPassword } };
}

async function tsaMaterial(folder: string) {
  const chain = await makeChain(folder, {
    root: { commonName: 'tsa-root', extensions: authority(0) },
    first: {
      commonName: 'tsa',
      // RFC 3161 section 2.3: this one purpose, critical.
      extensions: [
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=critical,timeStamping',
        'subjectKeyIdentifier=hash',
        'authorityKeyIdentifier=keyid',
      ],
    },
  });
  return { chain: chain.certificates, files: { chain: chain.file, key: chain.keyFile } };
}

type Named = { readonly commonName: string; readonly extensions: readonly string[] };

async function makeChain(folder: string, { root, first }: { readonly root: Named; readonly first: Named }) {
  await mkdir(folder, { recursive: true });
  const by = { file: join(folder, 'root.pem'), keyFile: join(folder, 'root.key') };
  await makeKey(by.keyFile);
  const rootCertificate = await makeCertificate({ ...root, ...by });
  const keyFile = join(folder, 'signer.key');
  const key = await makeKey(keyFile);
  const certificate = await makeCertificate({ ...first, file: join(folder, 'signer.pem'), keyFile, by });
  await rm(by.keyFile);
  const file = join(folder, 'chain.pem');
  await writeFile(file, `${certificate.toString()}${rootCertificate.toString()}`);
  return { file, keyFile, key, certificates: [certificate, rootCertificate] };
}

async function makeKey(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return privateKey;
}
