import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { signingVariables, waysToSign } from '#services/config/signing.ts';
import type { DataFolder } from './data-folder.ts';
import type { EmbeddedProcess } from './processes.ts';
import { machineTokens, type Secrets } from './secrets.ts';

type Outside = Readonly<Record<string, string | undefined>>;

/** What the environment of every process is made from. */
export interface ServiceSettings {
  readonly folder: DataFolder;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly queueUrl: string;
  readonly listen: Readonly<Record<'api' | 'gateway', string>>;
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly builderId: string;
  readonly separateUsers: boolean;
  /** For the processes that reach registries; see upstreams.ts. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** Cgroups given to the rebuild worker's user; empty where there are none. */
  readonly cgroups: string;
  /** The launcher's own environment, of which each process gets only what is named below. */
  readonly outside: Outside;
}

/** How to reach registries from this machine: for the processes that do. */
const networkVariables = [
  'NODE_USE_ENV_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** Of the launcher's environment what a process needs that reaches registries. */
export function networkEnvironment(outside: Outside): Record<string, string> {
  return pick(outside, networkVariables);
}

/** How the SDK of a key-management service finds region and credentials: for the process that signs, where its key is there. */
const cloudVariables = [
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/** What the operator may set for one process; nothing else of the launcher's environment arrives. */
const passed: Readonly<Record<EmbeddedProcess, readonly string[]>> = {
  api: [
    'ASSAY_OBJECTS_QUOTA_BYTES',
    'ASSAY_RETENTION_DAYS',
    'ASSAY_OIDC_FILE',
    'ASSAY_UPLOAD_BYTES_MAX',
    'ASSAY_TRUSTED_ROOT_FILE',
  ],
  gateway: [...networkVariables, 'ASSAY_GATEWAY_CACHE_BYTES'],
  resolve: networkVariables,
  rebuild: [
    ...networkVariables,
    'ASSAY_SANDBOX',
    'ASSAY_DOCKER_HOST',
    'ASSAY_DOCKER_RUNTIME',
    'ASSAY_DEBIAN_MIRROR',
  ],
  compare: [],
  attest: Object.keys(signingVariables),
};

/** The whole environment of one process. Pure; the variables are those of docs/architecture.md. */
export function processEnvironment(name: EmbeddedProcess, settings: ServiceSettings): Record<string, string> {
  const scratch = join(settings.folder.scratch, name);
  const common = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: scratch,
    TMPDIR: scratch,
    LANG: 'C.UTF-8',
    // Each process its own: none runs what another has compiled.
    NODE_COMPILE_CACHE: join(scratch, 'compile-cache'),
    ASSAY_PARENT_PIPE: '1',
    ...pick(settings.outside, ['ASSAY_LOG_LEVEL', ...passed[name]]),
  };
  const reachesRegistries = name === 'gateway' || name === 'resolve' || name === 'rebuild';
  return { ...common, ...(reachesRegistries && settings.upstreams), ...own(name, settings, scratch) };
}

function own(name: EmbeddedProcess, settings: ServiceSettings, scratch: string): Record<string, string> {
  const { folder, secrets } = settings;
  if (name === 'api') {
    return {
      ASSAY_LISTEN: settings.listen.api,
      ASSAY_DATABASE_URL: settings.databaseUrl,
      ASSAY_QUEUE_URL: settings.queueUrl,
      ASSAY_OBJECTS_URL: pathToFileURL(folder.objects).href,
      ASSAY_GATEWAY_KEY: secrets.gatewayKey,
      ASSAY_MACHINE_TOKENS: JSON.stringify(machineTokens(secrets)),
      ASSAY_HOSTED: '0',
      ASSAY_SEPARATE_USERS: settings.separateUsers ? '1' : '0',
    };
  }
  if (name === 'gateway') {
    return {
      ASSAY_LISTEN: settings.listen.gateway,
      ASSAY_API_URL: settings.apiUrl,
      ASSAY_GATEWAY_TOKEN: secrets.gateway,
      ASSAY_GATEWAY_KEY: secrets.gatewayKey,
      ASSAY_WORK_DIR: scratch,
    };
  }
  return {
    ASSAY_API_URL: settings.apiUrl,
    ASSAY_QUEUE_URL: settings.queueUrl,
    ASSAY_WORKER_TOKEN: secrets.workers[name],
    ASSAY_WORKER_NAME: `embedded-${name}`,
    ASSAY_WORK_DIR: scratch,
    ASSAY_CONCURRENCY: name === 'rebuild' ? '1' : '2',
    ...(name === 'rebuild' && {
      ASSAY_GATEWAY_URL: settings.gatewayUrl,
      ASSAY_ROOTFS_DIR: folder.rootfs,
      ASSAY_SANDBOX: settings.outside['ASSAY_SANDBOX'] ?? 'auto',
      ...(settings.cgroups !== '' && { ASSAY_CGROUPS: settings.cgroups }),
    }),
    ...(name === 'attest' && {
      ...signingEnvironment(settings),
      ASSAY_BUILDER_ID: settings.builderId,
    }),
  };
}

/** A key file of its own where the operator named no way to sign; of the outside only what that way needs. */
function signingEnvironment({ outside, folder }: ServiceSettings): Record<string, string> {
  const has = (...names: string[]): boolean => names.some((name) => (outside[name] ?? '') !== '');
  return {
    ...(!has(...waysToSign) && { ASSAY_SIGNING_KEY_FILE: join(folder.keys, 'signing.pem') }),
    ...(has('ASSAY_SIGNING_KMS') && pick(outside, cloudVariables)),
    ...(has('ASSAY_SIGNING_KMS', 'ASSAY_FULCIO_URL', 'ASSAY_TSA_URL') && pick(outside, networkVariables)),
  };
}

function pick(from: Outside, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}
