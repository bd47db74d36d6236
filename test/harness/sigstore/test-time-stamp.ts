import { createHash, randomBytes, sign } from 'node:crypto';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { context, integer, nothing, octets, oid, seq, set, time } from './der-values.ts';
import { certificate, extension, testAuthority, type TestCertificate } from './test-certificate.ts';

/** An authority that really stamps: CMS signed data by a certificate under an own root. */
export interface TestTimeStampAuthority {
  /** Stamping certificate first, as a trusted root wants it. */
  readonly chain: readonly Buffer[];
  readonly stamper: TestCertificate;
}

export interface StampOptions {
  readonly at: Date;
  /** PKIStatus; 0 and 1 are granted. */
  readonly status?: number;
  /** Signed instead of the digest of the content. */
  readonly messageDigest?: Buffer;
  /** Certificate that the signer claims to have used. */
  readonly claimed?: Buffer;
  readonly digest?: 'sha256' | 'sha512';
}

export function testTimeStampAuthority(
  purposes: readonly string[] = [keyPurpose.timeStamping],
): TestTimeStampAuthority {
  const { root, issuer } = testAuthority('stamps', keyPurpose.timeStamping);
  const stamper = certificate({ name: 'stamper', issuer, further: [purposeExtension(purposes)] });
  return { chain: [stamper.der, issuer.der, root.der], stamper };
}

function purposeExtension(purposes: readonly string[]): Buffer {
  return extension('2.5.29.37', seq(...purposes.map(oid)), true);
}

const digestOids = { sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3' } as const;
const tstInfoOid = '1.2.840.113549.1.9.16.1.4';

/** A response about `message`. https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2 */
export function timeStamp(
  { stamper }: TestTimeStampAuthority,
  message: Buffer,
  options: StampOptions,
): Buffer {
  const { at, status = 0, digest = 'sha256' } = options;
  const algorithm = seq(oid(digestOids[digest]), nothing);
  const info = seq(
    integer(1),
    oid('1.3.6.1.4.1.57264.2'),
    seq(algorithm, octets(createHash(digest).update(message).digest())),
    integer(BigInt(`0x40${randomBytes(8).toString('hex')}`)),
    time(at),
  );
  const sha256 = seq(oid(digestOids.sha256), nothing);
  const claimed = options.claimed ?? stamper.der;
  const attributes = [
    seq(oid('1.2.840.113549.1.9.3'), set(oid(tstInfoOid))),
    seq(oid('1.2.840.113549.1.9.4'), set(octets(options.messageDigest ?? hashOf(info)))),
    seq(oid('1.2.840.113549.1.9.16.2.47'), set(seq(seq(seq(octets(hashOf(claimed))))))),
  ];
  const signature = sign('sha256', set(...attributes), stamper.privateKey);
  const { serialNumber } = stamper;
  const signer = seq(
    integer(1),
    seq(stamper.issuer, Buffer.concat([Buffer.of(2, serialNumber.length), serialNumber])),
    sha256,
    context(0, ...attributes),
    seq(oid('1.2.840.10045.4.3.2')),
    octets(signature),
  );
  const signedData = seq(
    integer(3),
    set(sha256),
    seq(oid(tstInfoOid), context(0, octets(info))),
    set(signer),
  );
  return seq(seq(integer(status)), seq(oid('1.2.840.113549.1.7.2'), context(0, signedData)));
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
