import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSigning } from '#services/signing/create-signing.ts';
import { transparencyLog } from '#services/signing/witness/transparency-log.ts';
import { attestJob } from '#test/harness/attesting/attest-job.ts';
import { freshSigner, placeOf } from '#test/harness/attesting/signed.ts';
import {
  builder,
  equivalent,
  otherBytes,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import { attestHandler } from '#workers/attest/handler.ts';

/** Stands where a log would, writes down every connection and every request, and gives nobody an entry. */
const connections: string[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    connections.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(503).end();
  });
  server.on('connection', () => connections.push('connection'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  connections.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function run(input: AttestInput, more: readonly Uint8Array[] = []) {
  const signer = await freshSigner();
  const signing = createSigning({ signer, key: signer, log: transparencyLog(url) });
  const { job, objects } = await attestJob(input, [wheelBytes, otherBytes, ...more]);
  return { report: await attestHandler({ signing, builder, place: placeOf(signer) })(job), objects };
}

test('a public rebuild is told to the log that is configured', async () => {
  const { report } = await run(reproduced);
  expect(report).toMatchObject({ outcome: 'attested' });
  expect(JSON.stringify(report)).not.toContain('witnessed');
  expect(connections.filter((each) => each.startsWith('POST'))).not.toHaveLength(0);
});

test.each([
  ['reproduced', reproduced],
  ['equivalent', equivalent],
])(
  'of a private rebuild that is %s the log is never even connected to, when it is signed and when it is completed',
  async (_, input) => {
    const secret = { ...input, visibility: 'private' } as const;
    const { report, objects } = await run(secret);
    if (report.outcome !== 'attested') throw new Error(report.outcome);
    expect(report.attestations).toHaveLength(2);
    for (const { bundle } of report.attestations)
      expect(bundle?.witnessed).toEqual({ log: false, timestamp: false });
    const stated = report.attestations.map(({ bundle: _bundle, ...each }) => each);
    const again = await run({ ...secret, task: { kind: 'complete', stated } }, [...objects.values()]);
    expect(again.report).toMatchObject({ outcome: 'completed', attestations: [{}, {}] });
    expect(connections).toEqual([]);
  },
);
