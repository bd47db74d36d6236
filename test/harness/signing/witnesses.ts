import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, makeMaterial } from '#deploy/sigstore/material.ts';
import { trustedRoot } from '#deploy/sigstore/trusted-root.ts';
import type { AnsweringServer } from './answering-server.ts';
import { startOpensslTsa } from './openssl-tsa.ts';
import { startSmallLog } from './small-log.ts';

/** A time-stamp authority and a log that need no Go, and the trusted root that names their keys. */
export interface TestWitnesses {
  readonly tsa: AnsweringServer;
  readonly log: AnsweringServer;
  readonly trustedRootFile: string;
  /** As services/config gives it. */
  readonly config: { timestampUrl: string; logUrl: string; trustedRootFile: string };
  stop(): Promise<void>;
}

export async function startWitnesses(): Promise<TestWitnesses> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-witnesses-'));
  const at = (name: string): string => join(folder, name);
  const material = await makeMaterial({
    fulcio: at('fulcio'),
    tsa: at('tsa'),
    rekor: at('rekor'),
    certificateLog: at('certificate-log'),
  });
  const tsa = await startOpensslTsa(at('tsa'), filesOf.tsa(at('tsa')));
  const log = await startSmallLog(filesOf.rekor(at('rekor')).key);
  const nowhere = 'http://127.0.0.1:1';
  const urls = {
    fulcioUrl: nowhere,
    issuerUrl: nowhere,
    certificateLogUrl: nowhere,
    rekorUrl: log.url,
    tsaUrl: tsa.url,
  };
  const trustedRootFile = at('trusted_root.json');
  await writeFile(trustedRootFile, JSON.stringify(trustedRoot(urls, material)));
  return {
    tsa,
    log,
    trustedRootFile,
    config: { timestampUrl: `${tsa.url}/tsr`, logUrl: log.url, trustedRootFile },
    stop: async () => {
      await Promise.all([tsa.stop(), log.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
