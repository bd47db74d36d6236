/** Where the signing key is kept; evidence for the level. Names and places only, nothing secret. */
export type Custody =
  | {
      readonly kind: 'key-file';
      readonly path: string;
      /** Permission bits. */
      readonly mode: number;
      readonly uid: number;
    }
  | {
      /** In a token (HSM, smart card) that signs and does not give the key away. */
      readonly kind: 'pkcs11';
      readonly token: string;
      readonly object: string;
      readonly pinFile: string;
    }
  | {
      /** In a key-management service. `keyId` is its full name there. */
      readonly kind: 'kms';
      readonly keyId: string;
    }
  | {
      /** A new key for each signature, which never leaves the memory of workers/attest; certified for its identity. */
      readonly kind: 'keyless';
      readonly authorityUrl: string;
      /** Where the identity's tokens come from: a path or a host. */
      readonly tokenSource: string;
    };
