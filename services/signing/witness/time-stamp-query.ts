/** The oid 2.16.840.1.101.3.4.2.1 (id-sha256) with absent parameters, as an AlgorithmIdentifier (RFC 5754 section 2). */
const sha256Identifier = Buffer.from('300b0609608648016503040201', 'hex');

/**
 * DER of a TimeStampReq (RFC 3161 section 2.4.1) for `imprint`, a sha256, with `nonce` (1 to 16 bytes, taken as a
 * positive number) and certReq: a verifier then finds the signer's certificate in the answer.
 */
export function timeStampQuery(imprint: Uint8Array, nonce: Uint8Array): Buffer {
  const messageImprint = element(0x30, Buffer.concat([sha256Identifier, element(0x04, imprint)]));
  return element(
    0x30,
    Buffer.concat([
      element(0x02, Buffer.from([1])),
      messageImprint,
      element(0x02, positive(nonce)),
      element(0x01, Buffer.from([0xff])),
    ]),
  );
}

/** Content octets of a positive INTEGER: no zero octet in front but where the top bit would make it negative. */
export function positive(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  return (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
}

/** All elements here are shorter than 128 octets, so their length is one octet. */
function element(tag: number, content: Uint8Array): Buffer {
  if (content.length > 127) throw new RangeError('a time-stamp query has short elements only');
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
