import { join } from 'node:path';
import type { FulcioFiles, TsaFiles } from './material.ts';

/** The address that a server listens on, and where its other ports are: those stay on loopback. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}
export interface ListenThrice extends Listen {
  readonly grpcPort: number;
  readonly metricsPort: number;
}

type Command = readonly [string, ...string[]];
const loopback = '127.0.0.1';

export function fulcioCommand(
  bin: string,
  { host, port, grpcPort, metricsPort }: ListenThrice,
  files: FulcioFiles & {
    readonly config: string;
    readonly socket: string;
    readonly certificateLogUrl: string;
  },
): Command {
  const options = {
    host,
    port,
    'grpc-host': loopback,
    'grpc-port': grpcPort,
    'metrics-port': metricsPort,
    'legacy-unix-domain-socket': files.socket,
    'config-path': files.config,
    ca: 'fileca',
    'fileca-cert': files.chain,
    'fileca-key': files.key,
    // The file's mode guards the key, not this password, which Fulcio insists on.
    'fileca-key-passwd': files.keyPassword,
    'fileca-watch': false,
    'ct-log-url': files.certificateLogUrl,
    log_type: 'prod',
  };
  return [join(bin, 'fulcio'), 'serve', ...argv(options)];
}

export function rekorCommand(
  bin: string,
  { host, port, grpcPort, metricsPort }: ListenThrice,
  { origin, key, data }: { readonly origin: string; readonly key: string; readonly data: string },
): Command {
  const options = {
    'http-address': host,
    'http-port': port,
    'http-metrics-port': metricsPort,
    'grpc-address': loopback,
    'grpc-port': grpcPort,
    hostname: origin,
    'storage-dir': data,
    'signer-filepath': key,
    'checkpoint-interval': '500ms',
    'batch-max-age': '50ms',
    'log-level': 'warn',
  };
  return [join(bin, 'rekor-server'), 'serve', ...argv(options)];
}

export function tsaCommand(bin: string, { host, port }: Listen, { key, chain }: TsaFiles): Command {
  const options = {
    host,
    port,
    scheme: 'http',
    'timestamp-signer': 'file',
    'file-signer-key-path': key,
    'certificate-chain-path': chain,
    'disable-ntp-monitoring': true,
    'log-type': 'prod',
  };
  return [join(bin, 'timestamp-server'), 'serve', ...argv(options)];
}

function argv(options: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}
