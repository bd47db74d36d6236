import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeStatement } from '#core/statement/encode.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';
import { provenancePredicateType } from '#schemas/predicate-types.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import {
  builder,
  otherBytes,
  outputOf,
  ran,
  recipe,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import type { BundleJson, Given, SigningKind } from './given.ts';

/** Bundles that are good for somebody, though not for who trusts the first stack and expects the first signer. */
export interface Samples {
  /** A good bundle, with all that a verifier needs to accept it. */
  readonly good: Given;
  /** By somebody else, good in all else. */
  readonly otherSigner: Given;
  /** The same signer, with one of the witnesses or authorities of another Sigstore. */
  readonly otherLog: Given;
  readonly otherTimeStampAuthority: Given;
  /** Absent for keys, which nobody certifies. */
  readonly otherCertificateAuthority: Given | undefined;
}

export const otherArtifact = otherBytes;

/** Two Sigstores that know nothing of one another, and what was signed on them as Assay signs it. */
export interface SignedOnStacks {
  readonly samples: Readonly<Record<SigningKind, Samples>>;
  close(): Promise<void>;
}

type Services = Pick<Stack, 'fulcioUrl' | 'rekorUrl' | 'tsaQueryUrl'>;

export async function signOnStacks(): Promise<SignedOnStacks> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-interop-'));
  const started: Stack[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((stack) => stack.close()));
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (name: string): Promise<Stack> => {
    const stack = await startStack({ folder: join(folder, name), log: () => undefined });
    started.push(stack);
    return stack;
  };
  try {
    const [stack, stranger] = [await start('stack'), await start('stranger')];
    const keyless = keylessOn(folder, stack, stranger);
    const samples = {
      keyless: {
        ...(await samplesOf(stack, stranger, keyless)),
        otherCertificateAuthority: await keyless(builder.id, {
          ...stack,
          fulcioUrl: stranger.fulcioUrl,
        }),
      },
      key: {
        ...(await samplesOf(stack, stranger, byKeyOn(folder, stack))),
        otherCertificateAuthority: undefined,
      },
    };
    return { samples, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type SignWith = (signer: string, services: Services) => Promise<Given>;

async function samplesOf(
  stack: Stack,
  stranger: Stack,
  sign: SignWith,
): Promise<Omit<Samples, 'otherCertificateAuthority'>> {
  return {
    good: await sign(builder.id, stack),
    otherSigner: await sign('https://somebody-else.example/builder', stack),
    otherLog: await sign(builder.id, { ...stack, rekorUrl: stranger.rekorUrl }),
    otherTimeStampAuthority: await sign(builder.id, { ...stack, tsaQueryUrl: stranger.tsaQueryUrl }),
  };
}

function keylessOn(folder: string, stack: Stack, stranger: Stack): SignWith {
  return async (identity, services) => {
    const certifier = services.fulcioUrl === stack.fulcioUrl ? stack : stranger;
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, await certifier.token({ subject: identity }), { mode: 0o600 });
    const signing = await openSigning({
      signer: { kind: 'keyless', fulcioUrl: services.fulcioUrl, identity: { tokenFile } },
      timestampUrl: services.tsaQueryUrl,
      logUrl: services.rekorUrl,
    });
    const bundle = await signProvenance(signing);
    return { ...common(stack, bundle), signer: { kind: 'keyless', identity, issuer: certifier.issuerUrl } };
  };
}

/** Keys are named like the signers: one file for each. */
function byKeyOn(folder: string, stack: Stack): SignWith {
  return async (name, services) => {
    const signing = await openSigning({
      signer: { kind: 'key-file', path: join(folder, `${encodeURIComponent(name)}.pem`) },
      timestampUrl: services.tsaQueryUrl,
      logUrl: services.rekorUrl,
    });
    const bundle = await signProvenance(signing);
    return {
      ...common(stack, bundle),
      signer: { kind: 'key', publicKeyPem: signing.key?.publicKeyPem ?? '' },
    };
  };
}

function common(stack: Stack, bundle: BundleJson): Omit<Given, 'signer'> {
  return {
    bundle,
    trustedRoot: stack.trustedRoot,
    artifact: wheelBytes,
    predicateType: provenancePredicateType,
  };
}

async function signProvenance(signing: Awaited<ReturnType<typeof openSigning>>): Promise<BundleJson> {
  const input = { ...reproduced, recipe, ran, output: outputOf(wheelBytes) };
  const statement = encodeStatement(provenanceStatement(input, builder));
  if (!statement.ok) throw new Error(statement.fault);
  const { bytes } = await signing.sign(statement.bytes, { log: true });
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
