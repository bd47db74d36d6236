import { availableParallelism, cpus, loadavg } from 'node:os';
import { benchDiff } from './diff/bench-diff.ts';
import { benchQueue } from './queue/bench-queue.ts';
import { benchRebuild } from './rebuild/bench-rebuild.ts';
import { benchSigning } from './signing/bench-signing.ts';
import { tableOf, type Row } from './table.ts';
import { benchVerdict } from './verdict/bench-verdict.ts';
import { benchVerify } from './verify/bench-verify.ts';

/**
 * `npm run bench [-- PART …]`: each figure side by side with its reference, measured in turns in this one run
 * (docs/benchmarks.md). Nothing fails for being slow: a figure is not a test.
 */
const parts: Readonly<Record<string, () => Promise<readonly Row[] | string>>> = {
  rebuild: benchRebuild,
  verdict: benchVerdict,
  queue: benchQueue,
  verify: benchVerify,
  signing: benchSigning,
  diff: benchDiff,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}`,
);
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const before = loadavg()[0]?.toFixed(1);
  console.log(`\n== ${name} (load before: ${before})`);
  const measured = await measure();
  console.log(typeof measured === 'string' ? measured : tableOf(measured));
}
// Connections that are still being closed have nothing more to say.
process.exit(0);
