/** Strict DER (ITU-T X.690): one encoding for each value, definite minimal lengths, tags of one byte. */

/** Bytes that are not the DER that was expected. */
export class MalformedDer extends Error {}

/** Tags as they stand in the first byte, class and constructed bit included. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
  /** `[n]`, constructed. */
  context: (n: number): number => 0xa0 | n,
  /** `[n]` of something primitive. */
  contextPrimitive: (n: number): number => 0x80 | n,
} as const;

/** One element: its tag, its content, and the whole of it. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** The one element that `bytes` are. @throws MalformedDer */
export function readDer(bytes: Buffer, tag?: number): Der {
  const der = elementAt(bytes, 0);
  if (der.whole.length !== bytes.length) throw new MalformedDer('bytes after the element');
  if (tag !== undefined) expectTag(der, tag);
  return der;
}

/** The elements that a constructed one holds, or those within an octet string. @throws MalformedDer */
export function derChildren({ content }: Der): Der[] {
  const children: Der[] = [];
  for (let at = 0; at < content.length;) {
    const child = elementAt(content, at);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

const depthMax = 32;

/** The one element that `bytes` are, and everything within it, read or not, is DER. @throws MalformedDer */
export function readWholeDer(bytes: Buffer): Der {
  const der = readDer(bytes);
  checkWithin(der, 0);
  return der;
}

function checkWithin(der: Der, depth: number): void {
  if (depth > depthMax) throw new MalformedDer(`nested deeper than ${depthMax}`);
  if ((der.tag & 0x20) !== 0) for (const child of derChildren(der)) checkWithin(child, depth + 1);
}

/** @throws MalformedDer where there is none or it has another tag */
export function expectTag(der: Der | undefined, tag: number): Der {
  if (der === undefined) throw new MalformedDer('an element is missing');
  if (der.tag !== tag) throw new MalformedDer(`tag ${der.tag} where ${tag} belongs`);
  return der;
}

/** Children of a SEQUENCE. @throws MalformedDer */
export function sequence(der: Der | undefined): Der[] {
  return derChildren(expectTag(der, derTag.sequence));
}

function elementAt(bytes: Buffer, at: number): Der {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new MalformedDer('cut off');
  if ((tag & 0x1f) === 0x1f || tag === 0) throw new MalformedDer(`tag ${tag}`);
  let length = first;
  let head = 2;
  if (first > 0x7f) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new MalformedDer('an indefinite or huge length');
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? 0);
    head += count;
    if (length < 0x80 || length < 2 ** (8 * (count - 1)))
      throw new MalformedDer('a length that is not minimal');
  }
  const end = at + head + length;
  if (end > bytes.length) throw new MalformedDer('cut off');
  return { tag, content: bytes.subarray(at + head, end), whole: bytes.subarray(at, end) };
}

/** @throws MalformedDer */
export function derOid(der: Der | undefined): string {
  const { content } = expectTag(der, derTag.objectIdentifier);
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0x80) > 0x7f)
    throw new MalformedDer('object identifier');
  const arcs: bigint[] = [];
  let arc = 0n;
  let starts = true;
  for (const byte of content) {
    if (starts && byte === 0x80) throw new MalformedDer('object identifier');
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    starts = byte < 0x80;
    if (!starts) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [joint = 0n, ...others] = arcs;
  const root = joint < 40n ? 0n : joint < 80n ? 1n : 2n;
  return [root, joint - root * 40n, ...others].join('.');
}

/** @throws MalformedDer */
export function derBoolean(der: Der | undefined): boolean {
  const { content } = expectTag(der, derTag.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new MalformedDer('boolean');
  return content[0] === 0xff;
}

/** A small INTEGER that is not negative. @throws MalformedDer */
export function derCount(der: Der | undefined): number {
  const { content } = expectTag(der, derTag.integer);
  const [first = 0x80, second] = content;
  const padded = first === 0 && second !== undefined && second < 0x80;
  if (content.length > 4 || first > 0x7f || padded) throw new MalformedDer('integer');
  return content.readUIntBE(0, content.length);
}

/** The bytes of a BIT STRING of whole bytes. @throws MalformedDer */
export function derBits(der: Der | undefined): Buffer {
  const { content } = expectTag(der, derTag.bitString);
  if (content[0] !== 0) throw new MalformedDer('bit string');
  return content.subarray(1);
}

/** Whether bit `index` of a BIT STRING of flags is set. @throws MalformedDer */
export function derFlag(der: Der | undefined, index: number): boolean {
  const { content } = expectTag(der, derTag.bitString);
  const [unused = 8] = content;
  if (unused > 7 || (content.length === 1 && unused > 0)) throw new MalformedDer('bit string');
  if (((content.at(-1) ?? 0) & ((1 << unused) - 1)) !== 0 && content.length > 1)
    throw new MalformedDer('bit string');
  return ((content[1 + (index >> 3)] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

const timePattern = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d{3})?Z$/;

/** UTCTime or GeneralizedTime in UTC, to the second; of fractions only thousandths are read. @throws MalformedDer */
export function derTime(der: Der | undefined): Date {
  if (der?.tag !== derTag.utcTime && der?.tag !== derTag.generalizedTime) throw new MalformedDer('time');
  const [, year = '', ...rest] = timePattern.exec(der.content.toString('latin1')) ?? [];
  const short = der.tag === derTag.utcTime;
  if (year.length !== (short ? 2 : 4)) throw new MalformedDer('time');
  // https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5.1
  const century = short ? (Number(year) >= 50 ? '19' : '20') : '';
  const [month, day, hour, minute, second] = rest;
  const text = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${text}Z`);
  // A day that does not exist, such as 31 February, would otherwise become another one.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text)) throw new MalformedDer('time');
  return time;
}

/** `content` with a tag and its length before it. */
export function encodeDer(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = [tag];
  if (length < 0x80) head.push(length);
  else {
    const bytes: number[] = [];
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
    head.push(0x80 | bytes.length, ...bytes);
  }
  return Buffer.concat([Buffer.from(head), ...content]);
}
