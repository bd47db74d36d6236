#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { StatementOfMany } from '#schemas/statement.ts';
import { parseBundle, type ParsedBundle } from '#verify/bundle.ts';
import { verifySignature } from '#verify/sigstore/verify-signature.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { trustMaterial, type Trust } from '#verify/trust.ts';

/**
 * The verifying half of the command line that sigstore-conformance drives, over our engine. docs/conformance.md
 * https://github.com/sigstore/sigstore-conformance/blob/main/docs/cli_protocol.md
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    staging: { type: 'boolean', default: false },
    bundle: { type: 'string' },
    key: { type: 'string' },
    'certificate-identity': { type: 'string' },
    'certificate-oidc-issuer': { type: 'string' },
    'trusted-root': { type: 'string' },
  },
});

try {
  console.log(verify());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function verify(): string {
  const [command, artifact] = positionals;
  if (command !== 'verify-bundle')
    throw new Error(`${command ?? 'nothing'}: only verify-bundle is done here`);
  if (values.bundle === undefined || artifact === undefined)
    throw new Error('--bundle and an artifact are needed');
  const bundle = readBundle(values.bundle);
  const given = readArtifact(artifact);
  const verdict = verifySignature(bundle, trustFor(bundle), given.bytes && { bytes: given.bytes });
  if (!verdict.ok) throw new Error(`${verdict.check}: expected ${verdict.expected}; found ${verdict.actual}`);
  if (bundle.content.kind === 'dsse') checkSubject(bundle.content.payload, given.digests);
  const { signer } = verdict;
  if (signer.kind === 'certificate') {
    const { 'certificate-identity': identity, 'certificate-oidc-issuer': issuer } = values;
    if (signer.subjectAlternativeName !== identity || signer.issuer !== issuer)
      throw new Error(`signed by ${signer.subjectAlternativeName} of ${signer.issuer}`);
  }
  return 'verified';
}

function readBundle(path: string): ParsedBundle {
  const bytes = readFileSync(path);
  const json = parseStrictJson(bytes, bytes.length);
  if (!json.ok) throw new Error(`the bundle is ${json.fault}`);
  const bundle = parseBundle(json.value);
  if ('fault' in bundle) throw new Error(`the bundle is malformed: ${bundle.fault}`);
  return bundle;
}

/** The key that was given is meant, whatever the bundle calls it. */
function trustFor({ signer }: ParsedBundle): Trust {
  const hint = signer.kind === 'public-key' ? { hint: signer.hint } : {};
  const keys = values.key === undefined ? [] : [{ publicKeyPem: readFileSync(values.key, 'utf8'), ...hint }];
  if (values.key !== undefined && signer.kind !== 'public-key')
    throw new Error('a key was given, and the bundle has a certificate');
  return trustMaterial({ keys, trustedRootJson: trustedRoot() });
}

function trustedRoot(): Uint8Array {
  const path = values['trusted-root'];
  if (path !== undefined) return readFileSync(path);
  if (values.staging) throw new Error('the staging instance’s trusted root has to be given');
  const seeds = createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json');
  const { targets } = JSON.parse(readFileSync(seeds, 'utf8'))['https://tuf-repo-cdn.sigstore.dev'];
  return Buffer.from(targets['trusted_root.json'], 'base64');
}

interface Artifact {
  /** Absent where only the digest was given. */
  readonly bytes: Uint8Array | undefined;
  readonly digests: { readonly sha256: string; readonly sha512?: string };
}

function readArtifact(fileOrDigest: string): Artifact {
  const [, sha256] = /^sha256:([0-9a-f]{64})$/.exec(fileOrDigest) ?? [];
  if (sha256 !== undefined && !existsSync(fileOrDigest)) return { bytes: undefined, digests: { sha256 } };
  const bytes = readFileSync(fileOrDigest);
  const digest = (name: string) => createHash(name).update(bytes).digest('hex');
  return { bytes, digests: { sha256: digest('sha256'), sha512: digest('sha512') } };
}

function checkSubject(payload: Uint8Array, { sha256, sha512 }: Artifact['digests']): void {
  const json = parseStrictJson(payload, payload.length);
  if (!json.ok) throw new Error(`the statement is ${json.fault}`);
  const { subject } = StatementOfMany.parse(json.value);
  const named = subject.some((one) => {
    const digest: unknown = Reflect.get(one ?? {}, 'digest');
    const of = (name: string): unknown =>
      typeof digest === 'object' && digest !== null ? Reflect.get(digest, name) : undefined;
    return of('sha256') === sha256 || (sha512 !== undefined && of('sha512') === sha512);
  });
  if (!named) throw new Error('the statement is about another artifact');
}
