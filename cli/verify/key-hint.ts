import { createHash, createPublicKey } from 'node:crypto';

/** How bundles name a public key (PEM): base64 of sha256 of its SubjectPublicKeyInfo. @throws where it is none */
export function keyHint(publicKeyPem: string): string {
  // createPublicKey would take the public half of a private key, which was given by mistake.
  if (publicKeyPem.includes('PRIVATE KEY')) throw new Error('a private key');
  const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64');
}
