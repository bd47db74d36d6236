import { createHash, randomBytes } from 'node:crypto';

/** Random for each start: what the processes of one service prove to each other. The api knows the tokens' hashes only. */
export interface Secrets {
  readonly admin: string;
  readonly gateway: string;
  readonly workers: Readonly<Record<'resolve' | 'rebuild' | 'compare' | 'attest', string>>;
  /** base64url of 32 bytes, shared by api and gateway: signs grants. */
  readonly gatewayKey: string;
}

export function makeSecrets(): Secrets {
  const token = (kind: string) => `assay_${kind}_${randomBytes(32).toString('base64url')}`;
  return {
    admin: token('admin'),
    gateway: token('gateway'),
    workers: {
      resolve: token('worker'),
      rebuild: token('worker'),
      compare: token('worker'),
      attest: token('worker'),
    },
    gatewayKey: randomBytes(32).toString('base64url'),
  };
}

/** `ASSAY_MACHINE_TOKENS`: scope → sha256 of its token. */
export function machineTokens(secrets: Secrets): Record<string, string> {
  const hash = (token: string) => createHash('sha256').update(token).digest('hex');
  return {
    ...Object.fromEntries(
      Object.entries(secrets.workers).map(([kind, token]) => [`worker:${kind}`, hash(token)]),
    ),
    gateway: hash(secrets.gateway),
    admin: hash(secrets.admin),
  };
}
