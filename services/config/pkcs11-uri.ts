import { z } from 'zod';

/** What names a key in a token: its label, its id (hexadecimal) or both. */
export interface Pkcs11Key {
  readonly token: string;
  readonly object?: string;
  readonly idHex?: string;
}

const attributeMax = 64;

/**
 * A PKCS #11 URI (RFC 7512): `pkcs11:token=…` with `object=…`, `id=…` (percent-encoded bytes) or both, and `type=private`
 * if anything. Other attributes are refused, never ignored: they would narrow the search. So are module and PIN: they
 * have variables of their own, and a PIN does not belong in a URI.
 */
export const Pkcs11Uri = z.string().transform((text, context): Pkcs11Key => {
  const read = readAttributes(text);
  if ('key' in read) return read.key;
  context.addIssue({ code: 'custom', message: read.fault });
  return z.NEVER;
});

function readAttributes(text: string): { key: Pkcs11Key } | { fault: string } {
  if (!text.startsWith('pkcs11:') || text.length > 1000)
    return { fault: 'must start with pkcs11: (RFC 7512)' };
  if (text.includes('?'))
    return { fault: 'must hold no query: ASSAY_PKCS11_MODULE and ASSAY_PKCS11_PIN_FILE say module and PIN' };
  const attributes = new Map<string, Buffer>();
  for (const part of text.slice('pkcs11:'.length).split(';')) {
    const [, name = '', value = ''] =
      /^([a-z-]+)=((?:[A-Za-z0-9_.~:[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})+)$/.exec(part) ?? [];
    if (!['token', 'object', 'id', 'type'].includes(name))
      return { fault: 'must be made of token, object, id and type, as name=value with ; between' };
    if (attributes.has(name)) return { fault: `names ${name} twice` };
    attributes.set(name, percentDecoded(value));
  }
  return keyOf(attributes);
}

function keyOf(attributes: ReadonlyMap<string, Buffer>): { key: Pkcs11Key } | { fault: string } {
  const token = label(attributes.get('token'));
  const object = label(attributes.get('object'));
  const id = attributes.get('id');
  if (token === undefined)
    return { fault: `must name a token of printable characters, at most ${attributeMax}` };
  if (attributes.has('object') && object === undefined)
    return { fault: 'must name the object in printable characters' };
  if (object === undefined && id === undefined) return { fault: 'must name the key by object or id' };
  if (id && id.length > attributeMax) return { fault: `must have an id of at most ${attributeMax} bytes` };
  const type = attributes.get('type')?.toString();
  if (type !== undefined && type !== 'private') return { fault: 'must be of type private' };
  return {
    key: {
      token,
      ...(object !== undefined && { object }),
      ...(id && { idHex: id.toString('hex') }),
    },
  };
}

function percentDecoded(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** UTF-8 without controls; undefined where it is not. */
function label(bytes: Buffer | undefined): string | undefined {
  if (!bytes || bytes.length > attributeMax) return undefined;
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) && /^[^\p{C}]+$/u.test(text) ? text : undefined;
}
