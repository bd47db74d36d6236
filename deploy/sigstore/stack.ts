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
import {
  fulcioCommand,
  type Listen,
  type ListenThrice,
  rekorCommand,
  tsaCommand,
} from './server-commands.ts';
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
  let running: StackService[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.kill()));
    await rm(folder, { recursive: true, force: true });
    await keeper.forget();
  };
  try {
    const places = await freePlaces();
    const { urls } = places;
    const folders = foldersIn(folder);
    const files = await makeStackFiles(urls, folders);
    const issuer = await Issuer.create(urls.issuerUrl);
    const services: Record<StackServiceName, StackService> = {
      issuer: new HttpServer(places.issuer.port, host, issuer.answer),
      ...(await servers(bin, places, folders, log)),
    };
    running = Object.values(services);
    // Fulcio asks the issuer for its keys once, when it starts.
    await services.issuer.start();
    await Promise.all(running.map((service) => service.start()));
    return {
      ...urls,
      ...files,
      tsaQueryUrl: `${urls.tsaUrl}/api/v1/timestamp`,
      token: (request) => issuer.token(request),
      service: (name) => services[name],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function foldersIn(folder: string) {
  return {
    fulcio: join(folder, 'fulcio'),
    rekor: join(folder, 'rekor'),
    tsa: join(folder, 'tsa'),
    certificateLog: join(folder, 'certificate-log'),
    trust: folder,
  };
}

type Places = Awaited<ReturnType<typeof freePlaces>>;

/** Where each listens, and the URLs of that. */
async function freePlaces() {
  const ports = await freePorts(9);
  const place = (index: number): ListenThrice => {
    const [port = 0, grpcPort = 0, metricsPort = 0] = ports.slice(index);
    return { host, port, grpcPort, metricsPort };
  };
  const [fulcio, rekor, tsa, issuer, certificateLog] = [place(0), place(3), place(6), place(7), place(8)];
  const url = ({ port }: Listen): string => `http://${host}:${port}`;
  const urls: StackUrls = {
    fulcioUrl: url(fulcio),
    rekorUrl: url(rekor),
    tsaUrl: url(tsa),
    issuerUrl: url(issuer),
    certificateLogUrl: url(certificateLog),
  };
  return { fulcio, rekor, tsa, issuer, certificateLog, urls };
}

async function servers(
  bin: string,
  { urls, ...at }: Places,
  folders: ReturnType<typeof foldersIn>,
  log: StackOptions['log'],
) {
  const logKey = await readFile(filesOf.certificateLog(folders.certificateLog).key);
  const certificates = new CertificateLog(createPrivateKey(logKey));
  return {
    'certificate-log': new HttpServer(at.certificateLog.port, host, certificates.answer),
    fulcio: new ServerProcess({
      name: 'fulcio',
      command: await fulcioCommand(bin, at.fulcio, folders.fulcio, urls.certificateLogUrl),
      cwd: folders.fulcio,
      readyUrl: `${urls.fulcioUrl}/healthz`,
      log,
      // It leaves its socket behind and then cannot listen on it.
      before: () => rm(filesOf.fulcio(folders.fulcio).socket, { force: true }),
    }),
    rekor: new ServerProcess({
      name: 'rekor',
      command: rekorCommand(bin, at.rekor, folders.rekor, host),
      cwd: folders.rekor,
      readyUrl: `${urls.rekorUrl}/healthz`,
      log,
    }),
    tsa: new ServerProcess({
      name: 'tsa',
      command: tsaCommand(bin, at.tsa, folders.tsa),
      cwd: folders.tsa,
      readyUrl: `${urls.tsaUrl}/ping`,
      log,
    }),
  };
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
