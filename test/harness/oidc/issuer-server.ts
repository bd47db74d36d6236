import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** A small OIDC issuer on loopback: discovery, keys, and id tokens that it really signs. */
export class IssuerServer implements AsyncDisposable {
  readonly url: string;
  /** Requests that were made, by path. */
  readonly requests: string[] = [];
  /** Answers instead of the real ones, by path. */
  readonly answers = new Map<string, { status: number; body: string; location?: string }>();
  readonly #server: Server;
  readonly #keys: { kid: string; alg: string; privateKey: CryptoKey; jwk: JWK }[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<IssuerServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new IssuerServer(server);
    await issuer.addKey('first');
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      issuer.requests.push(path);
      const { status, body, location } = issuer.answers.get(path) ?? {
        status: 200,
        body: issuer.#page(path),
      };
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(location === undefined ? {} : { location }),
      });
      response.end(body);
    });
    return issuer;
  }

  async addKey(kid: string, alg = 'ES256'): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    this.#keys.push({ kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
  }

  #page(path: string): string {
    if (path === '/.well-known/openid-configuration')
      return JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys` });
    return JSON.stringify({ keys: this.#keys.map(({ jwk }) => jwk) });
  }

  /** An id token of these claims over good ones, for `audience` assay, living five minutes from `nowMs`. */
  async token(nowMs: number, claims: Record<string, unknown> = {}, kid = 'first'): Promise<string> {
    const key = this.#keys.find((each) => each.kid === kid);
    if (key === undefined) throw new Error(`The issuer has no key ${kid}`);
    const iat = Math.floor(nowMs / 1000);
    return new SignJWT({
      iss: this.url,
      aud: 'assay',
      sub: 'repo:example-org/thing:ref:refs/heads/main',
      iat,
      exp: iat + 300,
      repository_owner: 'example-org',
      ref: 'refs/heads/main',
      run_id: 42,
      ...claims,
    })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
      .sign(key.privateKey);
  }

  /** Bytes of the first key that everybody knows: what an attacker would sign with as an HMAC secret. */
  publicBytes(): Uint8Array {
    return Buffer.from(this.#keys[0]?.jwk.x ?? '', 'base64url');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
