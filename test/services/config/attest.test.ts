import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AttestConfig } from '#services/config/attest.ts';
import { readConfig } from '#services/config/read.ts';

const given = {
  ASSAY_API_URL: 'http://127.0.0.1:8080',
  ASSAY_QUEUE_URL: 'postgres://queue@127.0.0.1/assay',
  ASSAY_WORKER_TOKEN: 'assay_worker_0123456789',
  ASSAY_WORK_DIR: '/var/lib/assay/work',
  ASSAY_SIGNING_KEY_FILE: '/var/lib/assay/keys/signing.pem',
  ASSAY_BUILDER_ID: 'https://rebuilder.example/v1',
};

test('the attester needs its token, a key file and a builder id that is a URL, and all faults are told at once', () => {
  expect(readConfig(AttestConfig, given)).toMatchObject({
    signingKeyFile: '/var/lib/assay/keys/signing.pem',
    builderId: 'https://rebuilder.example/v1',
    parentPipe: false,
  });
  const { ASSAY_SIGNING_KEY_FILE: _, ...rest } = given;
  const faulty = { ...rest, ASSAY_BUILDER_ID: 'mine', ASSAY_WORKER_TOKEN: '' };
  expect(() => readConfig(AttestConfig, faulty)).toThrow(
    /ASSAY_WORKER_TOKEN is not set.*ASSAY_SIGNING_KEY_FILE is not set.*ASSAY_BUILDER_ID/,
  );
});

test('no other process can be told where the signing key is', async () => {
  const folder = join(import.meta.dirname, '../../../services/config');
  for (const name of await readdir(folder)) {
    if (name === 'attest.ts') continue;
    expect(await readFile(join(folder, name), 'utf8'), name).not.toContain('SIGNING_KEY');
  }
});
