import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf } from './material.ts';

/** The address that a server listens on; its other ports stay on loopback. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}
export interface ListenThrice extends Listen {
  readonly grpcPort: number;
  readonly metricsPort: number;
}

/** Program and arguments. */
export type Command = readonly [string, ...string[]];
const loopback = '127.0.0.1';

/** @param folder what makeMaterial filled, with Fulcio's configuration beside it */
export async function fulcioCommand(
  bin: string,
  { host, port, grpcPort, metricsPort }: ListenThrice,
  folder: string,
  certificateLogUrl: string,
): Promise<Command> {
  const files = filesOf.fulcio(folder);
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
    'fileca-key-passwd': await readFile(files.password, 'utf8'),
    'fileca-watch': false,
    'ct-log-url': certificateLogUrl,
    log_type: 'prod',
  };
  return [join(bin, 'fulcio'), 'serve', ...argv(options)];
}

/** @param origin the log's name: the host name of its URL in the trusted root */
export function rekorCommand(
  bin: string,
  { host, port, grpcPort, metricsPort }: ListenThrice,
  folder: string,
  origin: string,
): Command {
  const { key, data } = filesOf.rekor(folder);
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

export function tsaCommand(bin: string, { host, port }: Listen, folder: string): Command {
  const { key, chain } = filesOf.tsa(folder);
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
