import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { Summary } from '#schemas/summary.ts';
import { fetchObject } from '../attestation-files.ts';
import type { AssayClient } from '../client/client.ts';
import type { CliIo } from '../io.ts';
import { summaryText } from '../reports/summary-text.ts';
import { addServiceOptions, parseSeconds, type ServiceFlags } from '../service-options.ts';
import { openService } from '../service/open-service.ts';
import { readPolicy } from '../verify/read-policy.ts';
import { shortFormatOption } from '../output.ts';

interface SummaryFlags extends ServiceFlags {
  readonly policy: string;
  readonly output?: string;
  readonly timeout: number;
  readonly format: 'table' | 'json';
}

const pollMs = 500;

/** `assay summary <rebuild> --policy FILE`: 0 PASSED, 1 FAILED. Either way the result is signed. */
export function registerSummary(program: Command, io: CliIo): void {
  const command = program
    .command('summary')
    .summary('hold a rebuild against a policy, and have the result signed')
    .description(
      'Asks the service for an SLSA verification summary (VSA) of a finished rebuild under one policy. Exit code 0: PASSED; 1: FAILED, which is signed too.',
    )
    .argument('<rebuild>', 'the id of a rebuild')
    .requiredOption('--policy <file>', 'a policy, YAML or JSON (docs/policy.md)')
    .option('--output <file>', 'where to write the signed summary')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the signature')
        .argParser((text) => (text === '0' ? 0 : parseSeconds(text)))
        .default(120_000, '120'),
    )
    .addOption(shortFormatOption());
  addServiceOptions(command).action(async (id: string, flags: SummaryFlags) => {
    const policy = await readPolicy(io.cwd, flags.policy);
    const service = await openService(io, flags);
    try {
      const path = `/v1/rebuilds/${encodeURIComponent(id)}/summaries`;
      const asked = await service.client.post(Summary, path, { policy });
      const summary = await signedSummary(io, service.client, id, asked, flags.timeout);
      if (flags.output !== undefined && summary.bundle) {
        const bytes = await fetchObject(service.client, summary.bundle.digest.sha256, bundleBytesMax);
        await writeFile(resolve(io.cwd, flags.output), bytes);
      }
      io.stdout.write(
        flags.format === 'json' ? `${JSON.stringify(summary, undefined, 2)}\n` : summaryText(summary),
      );
      if (summary.outcome?.result !== 'PASSED') io.exitWith(1);
    } finally {
      await service.close();
    }
  });
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
