import { derTag, encodeDer } from '#verify/sigstore/der.ts';

/** DER as tests write it, malformed on purpose where they want. */

export const seq = (...parts: readonly Uint8Array[]): Buffer => encodeDer(derTag.sequence, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => encodeDer(derTag.set, ...parts);
export const octets = (bytes: Uint8Array): Buffer => encodeDer(derTag.octetString, bytes);
export const bits = (bytes: Uint8Array, unused = 0): Buffer =>
  encodeDer(derTag.bitString, Buffer.of(unused), bytes);
export const utf8 = (text: string): Buffer => encodeDer(derTag.utf8String, Buffer.from(text));
export const context = (n: number, ...parts: readonly Uint8Array[]): Buffer =>
  encodeDer(derTag.context(n), ...parts);
export const contextText = (n: number, text: string): Buffer =>
  encodeDer(derTag.contextPrimitive(n), Buffer.from(text));
export const truth = encodeDer(derTag.boolean, Buffer.of(0xff));
export const nothing = Buffer.of(5, 0);

export function integer(value: bigint | number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return encodeDer(derTag.integer, (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const encoded = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift(0x80 | (left % 128));
    return septets;
  });
  return encodeDer(derTag.objectIdentifier, Buffer.from(encoded));
}

/** `YYYYMMDDHHMMSSZ` */
export function time(at: Date): Buffer {
  const text = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return encodeDer(derTag.generalizedTime, Buffer.from(text));
}
