import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { Summary } from '#schemas/summary.ts';
import { fetchObject } from '../attestation-files.ts';
import type { AssayClient } from '../client/client.ts';
import type { SummaryFlags } from '../commands/summary.ts';
import type { CliIo } from '../io.ts';
import { summaryText } from '../reports/summary-text.ts';
import { openService, withService } from '../service/open-service.ts';
import { readPolicy } from '../verify/read-policy.ts';

const pollMs = 500;

/** @throws AppError `timeout`, `conflict`, `usage`, and what the service answers */
export async function summarize(io: CliIo, id: string, flags: SummaryFlags): Promise<void> {
  const policy = await readPolicy(io.cwd, flags.policy);
  const ask = async (client: AssayClient): Promise<Summary> => {
    const asked = await client.post(Summary, `/v1/rebuilds/${encodeURIComponent(id)}/summaries`, { policy });
    const summary = await signedSummary(io, client, id, asked, flags.timeout);
    if (flags.output !== undefined && summary.bundle) {
      const bytes = await fetchObject(client, summary.bundle.digest.sha256, bundleBytesMax);
      await writeFile(resolve(io.cwd, flags.output), bytes);
    }
    return summary;
  };
  const summary = await withService(io, flags, ({ client }) => ask(client), openService);
  io.stdout.write(
    flags.format === 'json' ? `${JSON.stringify(summary, undefined, 2)}\n` : summaryText(summary),
  );
  if (summary.outcome?.result !== 'PASSED') io.exitWith(1);
}

/** @throws AppError `timeout` while signer or witnesses are away; `conflict` where the signer would not */
async function signedSummary(
  io: CliIo,
  client: AssayClient,
  id: string,
  asked: Summary,
  timeoutMs: number,
): Promise<Summary> {
  const { sha256 } = asked.policy.digest;
  const deadline = io.now() + timeoutMs;
  let summary = asked;
  while (summary.state === 'pending') {
    if (io.now() >= deadline)
      throw new AppError('timeout', 'The summary is not signed yet: the signer or a witness is away.', {
        hint: 'It is tried again by itself; ask again with the same policy.',
      });
    await new Promise((next) => setTimeout(next, pollMs));
    io.signal.throwIfAborted();
    const { summaries = [] } = await client.rebuild(id);
    summary = summaries.find(({ policy }) => policy.digest.sha256 === sha256) ?? summary;
  }
  if (summary.state === 'refused')
    throw new AppError(
      'conflict',
      `The signer would not summarise it: ${summary.detail ?? 'no reason given'}`,
    );
  return summary;
}
