import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import type { BundleJson, Given } from './given.ts';
import { otherArtifact, type Samples } from './samples.ts';

/** One thing that is wrong, all else being right. */
export interface Case {
  readonly name: string;
  /** There is no such thing where nobody certifies the signer. */
  readonly keylessOnly?: boolean;
  readonly given: (samples: Samples) => Given;
}

/** The one case that everybody has to accept. */
export const goodCase: Case = { name: 'a good bundle', given: ({ good }) => good };

/** Every other case has to be rejected. */
export const badCases: readonly Case[] = [
  { name: 'payload byte', given: ({ good }) => edited(good, (bundle) => flipPayload(bundle)) },
  { name: 'signature byte', given: ({ good }) => edited(good, (bundle) => flipSignature(bundle)) },
  {
    name: 'other certificate or key',
    given: ({ good, otherSigner }) => ({
      ...edited(good, ({ verificationMaterial: to }) => {
        const from = otherSigner.bundle.verificationMaterial;
        if (to.certificate) to.certificate = from.certificate;
        else to.publicKey = from.publicKey;
      }),
      signer: otherSigner.signer,
    }),
  },
  {
    name: 'other signer',
    given: ({ good, otherSigner }) => ({ ...otherSigner, signer: good.signer }),
  },
  { name: 'other artifact', given: ({ good }) => ({ ...good, artifact: otherArtifact }) },
  {
    name: 'other predicate type',
    given: ({ good }) => ({ ...good, predicateType: comparisonPredicateType }),
  },
  {
    name: 'no time stamp',
    given: ({ good }) =>
      edited(good, ({ verificationMaterial }) => delete verificationMaterial.timestampVerificationData),
  },
  {
    name: 'no log entry',
    given: ({ good }) => edited(good, ({ verificationMaterial }) => delete verificationMaterial.tlogEntries),
  },
  {
    name: 'no inclusion proof',
    given: ({ good }) =>
      edited(good, ({ verificationMaterial }) => delete verificationMaterial.tlogEntries[0].inclusionProof),
  },
  {
    name: "inclusion proof of another signer's entry",
    given: ({ good, otherSigner }) =>
      edited(good, ({ verificationMaterial: to }) => {
        const [entry] = otherSigner.bundle.verificationMaterial.tlogEntries;
        to.tlogEntries[0].inclusionProof = entry.inclusionProof;
        to.tlogEntries[0].logIndex = entry.logIndex;
      }),
  },
  {
    name: "another signer's log entry",
    given: ({ good, otherSigner }) =>
      edited(good, ({ verificationMaterial: to }) => {
        to.tlogEntries = otherSigner.bundle.verificationMaterial.tlogEntries;
      }),
  },
  {
    name: "time stamp of another signer's signature",
    given: ({ good, otherSigner }) =>
      edited(good, ({ verificationMaterial: to }) => {
        to.timestampVerificationData = otherSigner.bundle.verificationMaterial.timestampVerificationData;
      }),
  },
  { name: 'wrong log', given: ({ otherLog }) => otherLog },
  { name: 'wrong time-stamp authority', given: ({ otherTimeStampAuthority }) => otherTimeStampAuthority },
  {
    name: 'wrong certificate authority',
    keylessOnly: true,
    given: ({ otherCertificateAuthority }) => {
      if (!otherCertificateAuthority) throw new TypeError('nobody certifies a key');
      return otherCertificateAuthority;
    },
  },
  { name: 'expired root', given: ({ good }) => expire(good, everyAuthority) },
  { name: 'expired log', given: ({ good }) => expire(good, ['tlogs']) },
  { name: 'expired time-stamp authority', given: ({ good }) => expire(good, ['timestampAuthorities']) },
  {
    name: 'expired certificate authority',
    keylessOnly: true,
    given: ({ good }) => expire(good, ['certificateAuthorities']),
  },
];

function edited(given: Given, edit: (bundle: BundleJson) => void): Given {
  const bundle = structuredClone(given.bundle);
  edit(bundle);
  return { ...given, bundle };
}

/** Changes one letter of a name in the statement: it is JSON as before, and matches the same schema. */
function flipPayload({ dsseEnvelope }: BundleJson): void {
  const payload = Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8');
  const changed = payload.replace('libstdc++6', 'libstdc++7');
  if (changed === payload) throw new Error('the payload does not hold the name');
  dsseEnvelope.payload = Buffer.from(changed).toString('base64');
}

/** Of the last number: DER as before. */
function flipSignature({ dsseEnvelope }: BundleJson): void {
  const [signature] = dsseEnvelope.signatures;
  const bytes = Buffer.from(signature.sig, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  signature.sig = bytes.toString('base64');
}

type Authority = Exclude<keyof Given['trustedRoot'], 'mediaType'>;
const everyAuthority: readonly Authority[] = [
  'tlogs',
  'certificateAuthorities',
  'ctlogs',
  'timestampAuthorities',
];
const hourMs = 3_600_000;

/** A root that says of these: believed until an hour ago, before anything here was signed. */
function expire(given: Given, authorities: readonly Authority[]): Given {
  const trustedRoot = structuredClone(given.trustedRoot);
  const now = Date.now();
  const validFor = {
    start: new Date(now - 24 * hourMs).toISOString(),
    end: new Date(now - hourMs).toISOString(),
  };
  for (const name of authorities) {
    for (const authority of trustedRoot[name]) {
      if ('publicKey' in authority) authority.publicKey.validFor = validFor;
      else authority.validFor = validFor;
    }
  }
  return { ...given, trustedRoot };
}
