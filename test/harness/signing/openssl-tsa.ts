import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AnsweringServer } from './answering-server.ts';

const run = promisify(execFile);

/** A time-stamp authority by openssl(1): RFC 3161 stamps by another hand than ours. */
export async function startOpensslTsa(
  folder: string,
  { key, chain }: { readonly key: string; readonly chain: string },
): Promise<AnsweringServer> {
  const config = join(folder, 'tsa.cnf');
  await writeFile(
    config,
    [
      '[tsa]',
      'default_tsa=authority',
      '[authority]',
      `serial=${join(folder, 'serial')}`,
      `signer_cert=${chain}`,
      `signer_key=${key}`,
      'signer_digest=sha256',
      'digests=sha256',
      'default_policy=1.3.6.1.4.1.57264.2',
      'accuracy=secs:1',
      'ess_cert_id_alg=sha256',
      '',
    ].join('\n'),
  );
  await writeFile(join(folder, 'serial'), '01\n');
  let stamps = 0;
  // Its file of serial numbers is not made for two at a time.
  let last: Promise<unknown> = Promise.resolve();
  return AnsweringServer.start(async ({ body }) => {
    const [query, reply] = [join(folder, `${stamps}.tsq`), join(folder, `${stamps}.tsr`)];
    stamps += 1;
    await writeFile(query, body);
    const stamp = last.then(() =>
      run('openssl', ['ts', '-reply', '-config', config, '-queryfile', query, '-out', reply]),
    );
    last = stamp.catch(() => undefined);
    await stamp;
    return { status: 200, body: await readFile(reply) };
  });
}
