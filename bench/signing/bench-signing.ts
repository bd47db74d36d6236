import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { SignerConfig } from '#services/config/signing.ts';
import { openSigning, type OpenedSigning } from '#services/signing/open-signing.ts';
import { interleave } from '../pairs.ts';
import type { Row } from '../table.ts';

const atOnce = 20;
const turns = 7;
const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');

/**
 * 20 signatures at once against one, each stamped, logged and verified, on a real Fulcio, time-stamp authority and
 * Rekor v2 on loopback. The log answers once a second, so one signature waits for its next answer, and so do 20.
 */
export async function benchSigning(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-signing-'));
  try {
    const stack = await startStack({ folder: join(folder, 'stack'), log: () => undefined });
    try {
      return [
        await row('a key file', stack, { kind: 'key-file', path: join(folder, 'key.pem') }),
        await row('Fulcio', stack, await keyless(stack, join(folder, 'token'))),
      ];
    } finally {
      await stack.close();
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'missing-component') throw error;
    console.log(`not measured: ${error.message} ${error.hint ?? ''}`);
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keyless(stack: Stack, tokenFile: string): Promise<SignerConfig> {
  await writeFile(tokenFile, await stack.token({ subject: 'https://rebuilder.example/bench' }), {
    mode: 0o600,
  });
  return { kind: 'keyless', fulcioUrl: stack.fulcioUrl, identity: { tokenFile } };
}

async function row(name: string, stack: Stack, signer: SignerConfig): Promise<Row> {
  const { tsaQueryUrl: timestampUrl, rekorUrl: logUrl, trustedRootFile } = stack;
  const signing = await openSigning({ signer, timestampUrl, logUrl, trustedRootFile });
  // Both begin just after the log has answered, so both wait for its next answer.
  await elapsedMs(signing, atOnce);
  return {
    name: `signing by ${name}: ${atOnce} at once against one`,
    unit: 'ms',
    aim: '≤ 1.5',
    pairs: await interleave(
      turns,
      () => elapsedMs(signing, atOnce),
      () => elapsedMs(signing, 1),
    ),
  };
}

async function elapsedMs(signing: OpenedSigning, count: number): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: count }, () => signing.sign(statement, { log: true })));
  return performance.now() - startedMs;
}
