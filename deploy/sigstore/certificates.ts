import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

export interface CertificateRequest {
  /** Where it is written, PEM; its private key, PKCS#8 PEM, is in `keyFile`. */
  readonly file: string;
  readonly keyFile: string;
  readonly commonName: string;
  /** X.509 v3 extensions as openssl's configuration writes them (x509v3_config(5)). */
  readonly extensions: readonly string[];
  /** Who signs it; absent: its own key. */
  readonly by?: { readonly file: string; readonly keyFile: string };
}

const days = 3650;

/** Makes a certificate with openssl(1), valid from now for ten years. @throws AppError `missing-component` */
export async function makeCertificate(request: CertificateRequest): Promise<X509Certificate> {
  const { file, keyFile, commonName, extensions, by } = request;
  const config = `${file}.cnf`;
  const lines = ['[req]', 'distinguished_name=name', 'x509_extensions=extensions', '[name]', '[extensions]'];
  await writeFile(config, [...lines, ...extensions, ''].join('\n'));
  const issuer = by === undefined ? [] : ['-CA', by.file, '-CAkey', by.keyFile];
  const subject = ['-subj', `/O=assay-stack/CN=${commonName}`, '-days', String(days)];
  const files = ['-config', config, '-key', keyFile, '-out', file];
  try {
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-new',
      '-sha256',
      ...subject,
      ...files,
      ...issuer,
    ]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new AppError('missing-component', 'openssl(1) is not installed', {
      hint: 'apt-get install openssl',
      cause,
    });
  }
  await rm(config);
  return new X509Certificate(await readFile(file));
}
