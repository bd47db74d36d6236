import { describe, expect, test } from 'vitest';
import { readPublicKeyList } from '#services/signing/pkcs11/public-key-list.ts';

// As pkcs11-tool of OpenSC 0.23 prints it; points are cut.
const listed = `Public Key Object; EC  EC_POINT 384 bits
  EC_POINT:   04610470ab4e
  EC_PARAMS:  06052b81040022
  label:      large key
  ID:         03
  Usage:      encrypt, verify, wrap, derive
  Access:     local
Public Key Object; RSA 2048 bits
  label:      old
  ID:         04ff
  Usage:      encrypt, verify, wrap
Public Key Object; EC  EC_POINT 256 bits
  EC_POINT:   044104d93272
  ID:         02
`;

describe('the list of public keys in a token', () => {
  test('is read with kind, label and id', () => {
    expect(readPublicKeyList(listed)).toEqual([
      { kind: 'EC  EC_POINT 384 bits', label: 'large key', idHex: '03' },
      { kind: 'RSA 2048 bits', label: 'old', idHex: '04ff' },
      { kind: 'EC  EC_POINT 256 bits', label: '', idHex: '02' },
    ]);
  });

  test('leaves out what has no id, what is no public key, and anything else', () => {
    expect(readPublicKeyList('Public Key Object; EC  EC_POINT 256 bits\n  label: x\n')).toEqual([]);
    expect(readPublicKeyList('Private Key Object; EC\n  label:      x\n  ID:         01\n')).toEqual([]);
    expect(readPublicKeyList('')).toEqual([]);
  });
});
