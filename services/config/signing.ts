import { z } from '@hono/zod-openapi';
import { KmsUri, type KmsKey } from './kms-uri.ts';
import { Pkcs11Uri, type Pkcs11Key } from './pkcs11-uri.ts';
import { absolutePath, json, url } from './variables.ts';

/** Names of a process's environment; ours are not given away, nor what loads code into a program. */
const moduleEnvironment = z.record(
  z.string().regex(/^(?!ASSAY_|LD_)[A-Z][A-Z0-9_]{0,63}$/, 'must be names of variables'),
  z.string().max(1000),
);

/** The variables of the attester that say how it signs and who witnesses it. docs/signing.md */
export const signingVariables = {
  ASSAY_SIGNING_KEY_FILE: absolutePath
    .optional()
    .describe('signs with this P-256 private key, PEM (PKCS#8), mode 0600; made where absent'),
  ASSAY_SIGNING_PKCS11: Pkcs11Uri.optional().describe(
    'signs with this key of a token: `pkcs11:token=…;object=…` (RFC 7512)',
  ),
  ASSAY_PKCS11_MODULE: absolutePath.optional().describe("the token's PKCS #11 library"),
  ASSAY_PKCS11_PIN_FILE: absolutePath.optional().describe("the token's PIN, mode 0600"),
  ASSAY_PKCS11_ENVIRONMENT: json(moduleEnvironment)
    .optional()
    .describe('what the library needs in its environment, as a JSON object: `{"SOFTHSM2_CONF": "/…"}`'),
  ASSAY_SIGNING_KMS: KmsUri.optional().describe(
    'signs with this key of AWS KMS: `awskms://[endpoint]/` and id, `alias/…` or ARN',
  ),
  ASSAY_FULCIO_URL: url('http', 'https')
    .optional()
    .describe('signs without a key of its own, certified by this Fulcio'),
  ASSAY_OIDC_TOKEN_FILE: absolutePath
    .optional()
    .describe("the machine's identity for Fulcio: a token that the platform keeps fresh in a file"),
  ACTIONS_ID_TOKEN_REQUEST_URL: url('http', 'https')
    .optional()
    .describe('the same from an endpoint, as GitHub Actions sets it'),
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: z
    .string()
    .max(16_384)
    .optional()
    .describe('bearer for that endpoint; a secret'),
  ASSAY_OIDC_AUDIENCE: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be printable characters')
    .default('sigstore')
    .describe('audience of the token that the endpoint is asked for'),
  ASSAY_TSA_URL: url('http', 'https')
    .optional()
    .describe('time-stamp authority (RFC 3161): where queries are posted'),
  ASSAY_REKOR_URL: url('http', 'https').optional().describe('transparency log (Rekor v2)'),
  ASSAY_TRUSTED_ROOT_FILE: absolutePath
    .optional()
    .describe('Sigstore `trusted_root.json` that each bundle is verified against before it leaves'),
};

type SigningEnvironment = z.output<z.ZodObject<typeof signingVariables>>;
type Variable = keyof SigningEnvironment;

/** Exactly one of these says how it signs. */
export const waysToSign = [
  'ASSAY_SIGNING_KEY_FILE',
  'ASSAY_SIGNING_PKCS11',
  'ASSAY_SIGNING_KMS',
  'ASSAY_FULCIO_URL',
] as const;

/** Which variable is of use only beside another. */
const belongsTo: Partial<Record<Variable, Variable>> = {
  ASSAY_PKCS11_MODULE: 'ASSAY_SIGNING_PKCS11',
  ASSAY_PKCS11_PIN_FILE: 'ASSAY_SIGNING_PKCS11',
  ASSAY_PKCS11_ENVIRONMENT: 'ASSAY_SIGNING_PKCS11',
  ASSAY_OIDC_TOKEN_FILE: 'ASSAY_FULCIO_URL',
};

/** Which variable others cannot do without. */
const neededBy: Partial<Record<Variable, readonly Variable[]>> = {
  ASSAY_PKCS11_MODULE: ['ASSAY_SIGNING_PKCS11'],
  ASSAY_PKCS11_PIN_FILE: ['ASSAY_SIGNING_PKCS11'],
  // A certificate lives minutes, and an entry of Rekor v2 holds no time: only a time stamp shows when it was.
  ASSAY_TSA_URL: ['ASSAY_FULCIO_URL', 'ASSAY_REKOR_URL'],
  ASSAY_TRUSTED_ROOT_FILE: ['ASSAY_FULCIO_URL', 'ASSAY_REKOR_URL', 'ASSAY_TSA_URL'],
};

/** What has to hold between variables, each with what is told where it does not. */
const rules: {
  readonly message: string;
  readonly path?: Variable;
  holds(has: (variable: Variable) => boolean): boolean;
}[] = [
  {
    message: `exactly one of ${waysToSign.join(', ')} must be set`,
    holds: (has) => waysToSign.filter(has).length === 1,
  },
  ...entries(belongsTo).map(([path, owner]) => ({
    message: `is of use only with ${owner}`,
    path,
    holds: (has: (variable: Variable) => boolean) => !has(path) || has(owner),
  })),
  ...entries(neededBy).map(([path, users]) => ({
    message: 'is not set',
    path,
    holds: (has: (variable: Variable) => boolean) => has(path) || !users.some(has),
  })),
  {
    message: 'ASSAY_FULCIO_URL needs ASSAY_OIDC_TOKEN_FILE or ACTIONS_ID_TOKEN_REQUEST_URL',
    holds: (has) =>
      !has('ASSAY_FULCIO_URL') || has('ASSAY_OIDC_TOKEN_FILE') || has('ACTIONS_ID_TOKEN_REQUEST_URL'),
  },
  {
    message: 'ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN belong together',
    holds: (has) => has('ACTIONS_ID_TOKEN_REQUEST_URL') === has('ACTIONS_ID_TOKEN_REQUEST_TOKEN'),
  },
];

function entries<T>(of: Partial<Record<Variable, T>>): [Variable, T][] {
  return Object.entries(of) as [Variable, T][];
}

/** `schema` with the rules between the variables of signing; told together with the faults of single variables. */
export function withSigningRules<S extends z.ZodObject<typeof signingVariables>>(schema: S): S {
  return rules.reduce(
    (ruled, { message, path, holds }) =>
      ruled.refine(
        (env) => holds((variable) => (env as Partial<SigningEnvironment>)[variable] !== undefined),
        {
          message,
          ...(path !== undefined && { path: [path] }),
          when: () => true,
        },
      ),
    schema,
  );
}

/** A key in a PKCS #11 token. */
export interface Pkcs11Config {
  readonly key: Pkcs11Key;
  /** A shared library, and what it needs in its environment, such as SOFTHSM2_CONF. */
  readonly module: { readonly path: string; readonly environment: Readonly<Record<string, string>> };
  /** Mode 0600; read for each signature. */
  readonly pinFile: string;
}

/** No key: a certificate for each signature, for who the token says this machine is. */
export interface KeylessConfig {
  readonly fulcioUrl: string;
  readonly identity:
    | { readonly tokenFile: string }
    | { readonly url: string; readonly bearer: string; readonly audience: string };
}

/** Exactly one way to sign. */
export type SignerConfig =
  | { readonly kind: 'key-file'; readonly path: string }
  | ({ readonly kind: 'pkcs11' } & Pkcs11Config)
  | ({ readonly kind: 'kms' } & KmsKey)
  | ({ readonly kind: 'keyless' } & KeylessConfig);

/** How workers/attest signs, and who witnesses it. */
export interface SigningConfig {
  readonly signer: SignerConfig;
  /** Where RFC 3161 queries are posted. */
  readonly timestampUrl?: string | undefined;
  /** Of a Rekor v2 log. */
  readonly logUrl?: string | undefined;
  /** A Sigstore `trusted_root.json`; needed where there is anybody but a key of our own. */
  readonly trustedRootFile?: string | undefined;
}

/** The same as services/signing takes it. `env` has no faults. */
export function signingConfig(env: SigningEnvironment): SigningConfig {
  return {
    signer: signerConfig(env),
    timestampUrl: env.ASSAY_TSA_URL,
    logUrl: env.ASSAY_REKOR_URL,
    trustedRootFile: env.ASSAY_TRUSTED_ROOT_FILE,
  };
}

function signerConfig(env: SigningEnvironment): SignerConfig {
  if (env.ASSAY_SIGNING_KEY_FILE !== undefined) return { kind: 'key-file', path: env.ASSAY_SIGNING_KEY_FILE };
  if (env.ASSAY_SIGNING_KMS) return { kind: 'kms', ...env.ASSAY_SIGNING_KMS };
  if (env.ASSAY_SIGNING_PKCS11) {
    return {
      kind: 'pkcs11',
      key: env.ASSAY_SIGNING_PKCS11,
      module: { path: env.ASSAY_PKCS11_MODULE ?? '', environment: env.ASSAY_PKCS11_ENVIRONMENT ?? {} },
      pinFile: env.ASSAY_PKCS11_PIN_FILE ?? '',
    };
  }
  return { kind: 'keyless', fulcioUrl: env.ASSAY_FULCIO_URL ?? '', identity: identityConfig(env) };
}

/** A file goes before an endpoint: who names it means it, while GitHub Actions sets the other for every step. */
function identityConfig(env: SigningEnvironment): KeylessConfig['identity'] {
  if (env.ASSAY_OIDC_TOKEN_FILE !== undefined) return { tokenFile: env.ASSAY_OIDC_TOKEN_FILE };
  return {
    url: env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '',
    bearer: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '',
    audience: env.ASSAY_OIDC_AUDIENCE,
  };
}
