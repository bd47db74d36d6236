import { join } from 'node:path';
import type { EmbeddedProcess } from '#services/embedded/processes.ts';
import { machineTokens, type Secrets } from '#services/embedded/secrets.ts';

/** Where everything is that the processes of a scaled-out service need. */
export interface ScaledOutSettings {
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly queueUrl: string;
  readonly objects: { readonly url: string; readonly environment: Readonly<Record<string, string>> };
  /** `host:port`, as they shall listen. */
  readonly listen: Readonly<Record<'api' | 'gateway', string>>;
  /** For those that reach a registry: where it is, and whom to trust. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly sandbox: Readonly<Record<string, string>>;
  readonly rootfsFolder: string;
  readonly keyFolder: string;
  readonly workFolder: string;
}

/** The environment of one process: its own configuration and nothing else. docs/architecture.md#configuration */
export function scaledOutEnvironment(
  name: EmbeddedProcess,
  settings: ScaledOutSettings,
): Record<string, string> {
  const scratch = join(settings.workFolder, name);
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: scratch,
    TMPDIR: scratch,
    NODE_COMPILE_CACHE: join(scratch, 'compile-cache'),
    // So that they end when the test does, however it ends.
    ASSAY_PARENT_PIPE: '1',
    ...own[name](settings, `http://${settings.listen.api}`, scratch),
  };
}

type Own = (settings: ScaledOutSettings, apiUrl: string, scratch: string) => Record<string, string>;

function workerVariables(name: keyof Secrets['workers']): Own {
  return ({ secrets, queueUrl }, apiUrl, scratch) => ({
    ASSAY_API_URL: apiUrl,
    ASSAY_QUEUE_URL: queueUrl,
    ASSAY_WORKER_TOKEN: secrets.workers[name],
    ASSAY_WORKER_NAME: `${name}-of-test`,
    ASSAY_WORK_DIR: scratch,
  });
}

const own: Readonly<Record<EmbeddedProcess, Own>> = {
  api: ({ secrets, databaseUrl, queueUrl, objects, listen }, apiUrl) => ({
    ASSAY_LISTEN: listen.api,
    ASSAY_PUBLIC_URL: apiUrl,
    ASSAY_DATABASE_URL: databaseUrl,
    ASSAY_QUEUE_URL: queueUrl,
    ASSAY_OBJECTS_URL: objects.url,
    ...objects.environment,
    ASSAY_GATEWAY_KEY: secrets.gatewayKey,
    ASSAY_MACHINE_TOKENS: JSON.stringify(machineTokens(secrets)),
  }),
  gateway: ({ secrets, listen, upstreams }, apiUrl, scratch) => ({
    ASSAY_LISTEN: listen.gateway,
    ASSAY_API_URL: apiUrl,
    ASSAY_GATEWAY_TOKEN: secrets.gateway,
    ASSAY_GATEWAY_KEY: secrets.gatewayKey,
    ASSAY_WORK_DIR: scratch,
    ...upstreams,
  }),
  resolve: (settings, apiUrl, scratch) => ({
    ...workerVariables('resolve')(settings, apiUrl, scratch),
    ...settings.upstreams,
  }),
  rebuild: (settings, apiUrl, scratch) => ({
    ...workerVariables('rebuild')(settings, apiUrl, scratch),
    ASSAY_GATEWAY_URL: `http://${settings.listen.gateway}`,
    ASSAY_ROOTFS_DIR: settings.rootfsFolder,
    ...settings.sandbox,
  }),
  compare: workerVariables('compare'),
  attest: (settings, apiUrl, scratch) => ({
    ...workerVariables('attest')(settings, apiUrl, scratch),
    ASSAY_SIGNING_KEY_FILE: join(settings.keyFolder, 'signing.pem'),
    ASSAY_BUILDER_ID: 'https://builder.example/scaled-out',
  }),
};
