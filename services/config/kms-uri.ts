import { z } from 'zod';

/** A key of AWS KMS. */
export interface KmsKey {
  /** A key's id or ARN, or an alias (`alias/…`) or its ARN. */
  readonly keyId: string;
  /** Of another server than Amazon's. */
  readonly endpoint?: string;
  /** From an ARN; else the SDK's own (AWS_REGION). */
  readonly region?: string;
}

const keyName = /^([0-9a-f-]{36}|mrk-[0-9a-f]{32}|alias\/[A-Za-z0-9/_-]{1,250})$/;
const arn =
  /^arn:aws[a-z-]*:kms:([a-z0-9-]{1,30}):\d{12}:(key\/([0-9a-f-]{36}|mrk-[0-9a-f]{32})|alias\/[A-Za-z0-9/_-]{1,250})$/;

/**
 * A key of AWS KMS as Sigstore's tools name it: `awskms://[endpoint]/` and a key's id, `alias/…` or an ARN of either.
 * An endpoint on loopback is spoken to without TLS, any other with.
 * https://github.com/sigstore/cosign/blob/main/KMS.md
 */
export const KmsUri = z.string().transform((text, context): KmsKey => {
  const [, endpoint = '', keyId = ''] = /^awskms:\/\/([^/]*)\/(.{1,400})$/.exec(text) ?? [];
  const region = arn.exec(keyId)?.[1];
  if (region === undefined && !keyName.test(keyId)) {
    context.addIssue({
      code: 'custom',
      message: 'must be awskms://[endpoint]/ and the id of a key, alias/NAME or an ARN',
    });
    return z.NEVER;
  }
  const address = endpoint === '' ? undefined : endpointUrl(endpoint);
  if (endpoint !== '' && address === undefined) {
    context.addIssue({ code: 'custom', message: 'must have an endpoint of the form host or host:port' });
    return z.NEVER;
  }
  return {
    keyId,
    ...(address !== undefined && { endpoint: address }),
    ...(region !== undefined && { region }),
  };
});

function endpointUrl(endpoint: string): string | undefined {
  if (!/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/.test(endpoint)) return undefined;
  const scheme = /^(localhost|127\.0\.0\.1)(:|$)/.test(endpoint) ? 'http' : 'https';
  const url = `${scheme}://${endpoint}`;
  return URL.canParse(url) ? url : undefined;
}
