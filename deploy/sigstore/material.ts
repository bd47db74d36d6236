import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificates.ts';

/** A folder for the private part of each server: none of them needs another's. */
export interface MaterialFolders {
  readonly fulcio: string;
  readonly tsa: string;
  readonly rekor: string;
  readonly certificateLog: string;
}

const chain = 'chain.pem';
const key = 'signer.key';
const password = 'password';

/** Where the files of a server are in its folder. Keys are PKCS#8 PEM, mode 0600; chains PEM, the root last. */
export const filesOf = {
  fulcio: (folder: string) => ({
    chain: join(folder, chain),
    /** Encrypted: Fulcio takes no other. */
    key: join(folder, key),
    password: join(folder, password),
    config: join(folder, 'config.json'),
    socket: join(folder, 'legacy.sock'),
  }),
  tsa: (folder: string) => ({ chain: join(folder, chain), key: join(folder, key) }),
  rekor: (folder: string) => ({ key: join(folder, key), data: join(folder, 'data') }),
  certificateLog: (folder: string) => ({ key: join(folder, key) }),
};

const authority = (pathLength: number): string[] => [
  `basicConstraints=critical,CA:TRUE,pathlen:${pathLength}`,
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];

/**
 * Makes fresh keys and certificates. The keys of the roots are thrown away: nothing else is ever signed by them.
 * @returns what verifiers are told of it; chains begin with who signs and end with the root
 */
export async function makeMaterial(folders: MaterialFolders) {
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  const rekor = generateKeyPairSync('ed25519');
  await writeKey(filesOf.rekor(folders.rekor).key, rekor.privateKey);
  const certificateLog = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeKey(filesOf.certificateLog(folders.certificateLog).key, certificateLog.privateKey);
  return {
    fulcio: await fulcioChain(folders.fulcio),
    tsa: await tsaChain(folders.tsa),
    rekor: rekor.publicKey,
    certificateLog: certificateLog.publicKey,
  };
}
export type PublicMaterial = Awaited<ReturnType<typeof makeMaterial>>;

async function fulcioChain(folder: string) {
  const made = await makeChain(folder, {
    root: { commonName: 'fulcio-root', extensions: authority(1) },
    first: {
      commonName: 'fulcio-intermediate',
      extensions: [...authority(0), 'extendedKeyUsage=codeSigning', 'authorityKeyIdentifier=keyid'],
    },
  });
  const files = filesOf.fulcio(folder);
  const passphrase = randomBytes(16).toString('hex');
  await writeFile(files.password, passphrase, { mode: 0o600 });
  await writeFile(
    files.key,
    made.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
  );
  return made.certificates;
}

async function tsaChain(folder: string) {
  const { certificates } = await makeChain(folder, {
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
  return certificates;
}

type Named = { readonly commonName: string; readonly extensions: readonly string[] };

async function makeChain(folder: string, { root, first }: { readonly root: Named; readonly first: Named }) {
  const by = { file: join(folder, 'root.pem'), keyFile: join(folder, 'root.key') };
  await makeKey(by.keyFile);
  const rootCertificate = await makeCertificate({ ...root, ...by });
  const keyFile = join(folder, key);
  const signerKey = await makeKey(keyFile);
  const certificate = await makeCertificate({ ...first, file: join(folder, 'signer.pem'), keyFile, by });
  await rm(by.keyFile);
  await writeFile(join(folder, chain), `${certificate.toString()}${rootCertificate.toString()}`);
  return { key: signerKey, certificates: [certificate, rootCertificate] };
}

async function makeKey(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeKey(file, privateKey);
  return privateKey;
}

async function writeKey(file: string, privateKey: KeyObject): Promise<void> {
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
