import type { WaitFlags } from '../commands/wait.ts';
import { follow } from '../follow.ts';
import type { CliIo } from '../io.ts';
import { followAndReport } from './follow-and-report.ts';

export async function waitFor(io: CliIo, id: string, flags: WaitFlags): Promise<void> {
  await followAndReport(io, flags, {}, ({ client }, progress) =>
    follow(io, client, progress, id, flags.timeout),
  );
}
