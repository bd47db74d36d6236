import type { RequestListener } from 'node:http';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** The audience that Fulcio takes tokens for. */
export const fulcioAudience = 'sigstore';

const tokenSeconds = 300;

export interface TokenRequest {
  /** `sub`; the stack's Fulcio makes it the signer's name in the certificate, so: a URI. */
  readonly subject: string;
  /** Default: `sigstore`. */
  readonly audience?: string;
  /** Further claims, and other values for those above. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** An OpenID Connect issuer: discovery, keys, and id tokens. Its key lives as long as the object. */
export class Issuer {
  /** What its tokens call it. */
  readonly url: string;
  readonly #key: { readonly privateKey: CryptoKey; readonly jwk: JWK };

  private constructor(url: string, key: { privateKey: CryptoKey; jwk: JWK }) {
    this.url = url;
    this.#key = key;
  }

  static async create(url: string): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return new Issuer(url, { privateKey, jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' } });
  }

  /** An id token, good for five minutes. */
  async token({ subject, audience = fulcioAudience, claims = {} }: TokenRequest): Promise<string> {
    const iat = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.url,
      aud: audience,
      sub: subject,
      iat,
      nbf: iat,
      exp: iat + tokenSeconds,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: this.#key.jwk.kid ?? '', typ: 'JWT' })
      .sign(this.#key.privateKey);
  }

  readonly answer: RequestListener = (request, response) => {
    const page = this.#pages()[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page ?? { error: 'not_found' }));
  };

  #pages(): Record<string, unknown> {
    return {
      // OpenID Connect Discovery 1.0 section 3: those of its members that a verifier of tokens reads.
      '/.well-known/openid-configuration': {
        issuer: this.url,
        jwks_uri: `${this.url}/keys`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      },
      '/keys': { keys: [this.#key.jwk] },
    };
  }
}
