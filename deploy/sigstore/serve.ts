import { createPrivateKey } from 'node:crypto';
import { chmod, chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateLog } from './certificate-log.ts';
import { HttpServer } from './http-server.ts';
import { Issuer } from './issuer.ts';
import { filesOf } from './material.ts';
import { type Command, fulcioCommand, rekorCommand, tsaCommand } from './server-commands.ts';
import { makeStackFiles, trustedRootName } from './stack-files.ts';

/**
 * What each container of docker-compose.yml's profile `sigstore` runs: `node deploy/sigstore/serve.ts ROLE`. `keys` makes
 * the material once, in a folder (a volume) for each server that then belongs to that server's user alone; the others
 * serve. The folders are /sigstore/<name>.
 */
const roles: Readonly<Record<string, () => Promise<void>>> = {
  keys: makeKeys,
  issuer: serveIssuer,
  fulcio: async () => {
    await rm(filesOf.fulcio(folders.fulcio).socket, { force: true });
    become(await fulcioCommand(bin, at('fulcio'), folders.fulcio, urls.certificateLogUrl));
  },
  rekor: async () => become(rekorCommand(bin, at('rekor'), folders.rekor, names.rekor)),
  tsa: async () => become(tsaCommand(bin, at('tsa'), folders.tsa)),
};

const bin = '/usr/local/bin';
const anywhere = '0.0.0.0';
const names = { fulcio: 'fulcio', rekor: 'rekor', tsa: 'tsa', issuer: 'issuer' } as const;
const ports = { fulcio: 5555, rekor: 3000, tsa: 3004, issuer: 8080, certificateLog: 6962 } as const;
const urls = {
  fulcioUrl: `http://${names.fulcio}:${ports.fulcio}`,
  rekorUrl: `http://${names.rekor}:${ports.rekor}`,
  tsaUrl: `http://${names.tsa}:${ports.tsa}`,
  issuerUrl: `http://${names.issuer}:${ports.issuer}`,
  certificateLogUrl: `http://${names.issuer}:${ports.certificateLog}`,
};
const folders = {
  fulcio: '/sigstore/fulcio',
  rekor: '/sigstore/rekor',
  tsa: '/sigstore/tsa',
  certificateLog: '/sigstore/issuer',
  trust: '/sigstore/trust',
};
/** Users of the containers in docker-compose.yml. */
const users: Readonly<Record<string, number>> = {
  [folders.fulcio]: 10_011,
  [folders.rekor]: 10_012,
  [folders.tsa]: 10_013,
  [folders.certificateLog]: 10_014,
};

/** Whom the attester's identity is for. */
const attesters = 10_005;
const identity = '/sigstore/identity';
const tokenEveryMs = 120_000;

const [role = ''] = process.argv.slice(2);
const serve = Object.hasOwn(roles, role) ? roles[role] : undefined;
if (serve === undefined) throw new TypeError(`no role ${role}: ${Object.keys(roles).join(', ')}`);
await serve();

function at(name: keyof typeof names): { host: string; port: number; grpcPort: number; metricsPort: number } {
  return { host: anywhere, port: ports[name], grpcPort: 9090, metricsPort: 9091 };
}

/** The server takes the place of this process. */
function become([program, ...args]: Command): void {
  if (!process.execve) throw new TypeError('this Node cannot become another program');
  process.execve(program, [program, ...args], { PATH: process.env['PATH'] ?? '', HOME: '/tmp' });
}

async function makeKeys(): Promise<void> {
  const there = await stat(join(folders.trust, trustedRootName)).catch(() => undefined);
  if (!there) await makeStackFiles(urls, folders);
  for (const [folder, user] of Object.entries(users)) {
    await chown(folder, user, user);
    for (const name of await readdir(folder)) await chown(join(folder, name), user, user);
  }
  await chmod(identity, 0o750);
  await chown(identity, users[folders.certificateLog] ?? 0, attesters);
}

/** Keeps the attester's identity fresh in a file that only its group can read, as Kubernetes projects it into a pod. */
async function serveIssuer(): Promise<void> {
  const issuer = await Issuer.create(urls.issuerUrl);
  const certificates = new CertificateLog(
    createPrivateKey(await readFile(filesOf.certificateLog(folders.certificateLog).key)),
  );
  await new HttpServer(ports.issuer, anywhere, issuer.answer).start();
  await new HttpServer(ports.certificateLog, anywhere, certificates.answer).start();
  const subject = process.env['ASSAY_BUILDER_ID'] ?? '';
  const tokenFile = join(identity, 'token');
  const renew = async (): Promise<void> => {
    await writeFile(`${tokenFile}.new`, await issuer.token({ subject }), { mode: 0o640 });
    await rename(`${tokenFile}.new`, tokenFile);
  };
  await renew();
  setInterval(() => void renew(), tokenEveryMs);
}
