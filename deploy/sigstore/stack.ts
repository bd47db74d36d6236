import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createPrivateKey } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateLog } from './certificate-log.ts';
import { freePorts } from './free-ports.ts';
import { HttpServer } from './http-server.ts';
import { Issuer, type TokenRequest } from './issuer.ts';
import { filesOf } from './material.ts';
import { ensurePrograms } from './programs.ts';
import { fulcioCommand, rekorCommand, tsaCommand } from './server-commands.ts';
import { ServerProcess } from './server-process.ts';
import { makeStackFiles, type StackFiles } from './stack-files.ts';
import type { StackUrls } from './trusted-root.ts';

/** One server of the stack. After stop() or kill(), start() brings it back on the same port, with its keys and data. */
export interface StackService {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** By -9. */
  kill(): Promise<void>;
}
export type StackServiceName = 'fulcio' | 'rekor' | 'tsa' | 'issuer' | 'certificate-log';

/** A whole Sigstore on loopback: real Fulcio, Rekor v2 and time-stamp authority, and a small OIDC issuer. */
export interface Stack extends StackUrls, StackFiles {
  /** Where time-stamp queries are posted: `tsaUrl` with its path. */
  readonly tsaQueryUrl: string;
  /** An id token that Fulcio takes: a certificate for it names `subject`. */
  token(request: TokenRequest): Promise<string>;
  service(name: StackServiceName): StackService;
  /** Ends all and removes the folder. */
  close(): Promise<void>;
}

export interface StackOptions {
  /** Made, and removed by close() or when this process dies. */
  readonly folder: string;
  /** What ensurePrograms() gave; default: it is called. */
  readonly binaries?: string;
  /** Gets what the servers write, line by line. */
  readonly log: (line: string) => void;
}

const host = '127.0.0.1';

/** Starts a stack with fresh keys on free ports. @throws AppError `missing-component`, `unavailable` */
export async function startStack({ folder, binaries, log }: StackOptions): Promise<Stack> {
  const bin = binaries ?? (await ensurePrograms());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keeper = removeWhenWeDie(folder);
  const services = new Map<StackServiceName, StackService>();
  const close = async (): Promise<void> => {
    await Promise.all([...services.values()].map((service) => service.kill()));
    await rm(folder, { recursive: true, force: true });
    await keeper.forget();
  };
  try {
    const [issuer = 0, fulcio = 0, fulcioGrpc = 0, fulcioMetrics = 0, ...others] = await freePorts(9);
    const [rekor = 0, rekorGrpc = 0, rekorMetrics = 0, tsa = 0, certificateLog = 0] = others;
    const urls: StackUrls = {
      issuerUrl: `http://${host}:${issuer}`,
      fulcioUrl: `http://${host}:${fulcio}`,
      rekorUrl: `http://${host}:${rekor}`,
      tsaUrl: `http://${host}:${tsa}`,
      certificateLogUrl: `http://${host}:${certificateLog}`,
    };
    const at = (name: string): string => join(folder, name);
    const folders = {
      fulcio: at('fulcio'),
      rekor: at('rekor'),
      tsa: at('tsa'),
      certificateLog: at('certificate-log'),
      trust: folder,
    };
    const files = await makeStackFiles(urls, folders);
    const idTokens = await Issuer.create(urls.issuerUrl);
    services.set('issuer', new HttpServer(issuer, host, idTokens.answer));
    const certificates = new CertificateLog(
      createPrivateKey(await readFile(filesOf.certificateLog(folders.certificateLog).key)),
    );
    services.set('certificate-log', new HttpServer(certificateLog, host, certificates.answer));
    const fulcioPorts = { host, port: fulcio, grpcPort: fulcioGrpc, metricsPort: fulcioMetrics };
    services.set(
      'fulcio',
      new ServerProcess({
        name: 'fulcio',
        command: await fulcioCommand(bin, fulcioPorts, folders.fulcio, urls.certificateLogUrl),
        cwd: folders.fulcio,
        readyUrl: `${urls.fulcioUrl}/healthz`,
        log,
        // It leaves its socket behind and then cannot listen on it.
        before: () => rm(filesOf.fulcio(folders.fulcio).socket, { force: true }),
      }),
    );
    const rekorPorts = { host, port: rekor, grpcPort: rekorGrpc, metricsPort: rekorMetrics };
    services.set(
      'rekor',
      new ServerProcess({
        name: 'rekor',
        command: rekorCommand(bin, rekorPorts, folders.rekor, host),
        cwd: folders.rekor,
        readyUrl: `${urls.rekorUrl}/healthz`,
        log,
      }),
    );
    services.set(
      'tsa',
      new ServerProcess({
        name: 'tsa',
        command: tsaCommand(bin, { host, port: tsa }, folders.tsa),
        cwd: folders.tsa,
        readyUrl: `${urls.tsaUrl}/ping`,
        log,
      }),
    );
    // Fulcio asks the issuer for its keys once, when it starts.
    await services.get('issuer')?.start();
    await Promise.all([...services.values()].map((service) => service.start()));
    return {
      ...urls,
      ...files,
      tsaQueryUrl: `${urls.tsaUrl}/api/v1/timestamp`,
      token: (request) => idTokens.token(request),
      service: (name) => {
        const service = services.get(name);
        if (service === undefined) throw new TypeError(`The stack has no ${name}`);
        return service;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A child whose stdin is ours: when we are gone, however that came, the servers are too, and it removes their folder. */
function removeWhenWeDie(folder: string): { forget(): Promise<void> } {
  const script = 'read -r word && exit; for again in 1 2 3; do rm -rf -- "$1"; sleep 0.2; done';
  const child = spawn('setsid', ['sh', '-c', script, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = once(child, 'exit');
  return {
    forget: async () => {
      child.stdin.end('closed\n');
      await gone;
    },
  };
}
