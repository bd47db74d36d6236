import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AttestConfig } from '#services/config/attest.ts';
import { readConfig } from '#services/config/read.ts';

const worker = {
  ASSAY_API_URL: 'http://127.0.0.1:8080',
  ASSAY_QUEUE_URL: 'postgres://queue@127.0.0.1/assay',
  ASSAY_WORKER_TOKEN: 'assay_worker_0123456789',
  ASSAY_WORK_DIR: '/var/lib/assay/work',
  ASSAY_BUILDER_ID: 'https://rebuilder.example/v1',
};
const keyFile = { ASSAY_SIGNING_KEY_FILE: '/var/lib/assay/keys/signing.pem' };
const token = {
  ASSAY_SIGNING_PKCS11: 'pkcs11:token=assay;object=signing',
  ASSAY_PKCS11_MODULE: '/usr/lib/softhsm/libsofthsm2.so',
  ASSAY_PKCS11_PIN_FILE: '/run/secrets/pin',
};
const witnesses = {
  ASSAY_TSA_URL: 'https://tsa.example/api/v1/timestamp',
  ASSAY_REKOR_URL: 'https://log.example/',
  ASSAY_TRUSTED_ROOT_FILE: '/etc/assay/trusted_root.json',
};
const fulcio = { ASSAY_FULCIO_URL: 'https://fulcio.example' };
const tokenFile = { ASSAY_OIDC_TOKEN_FILE: '/var/run/secrets/token' };

function signing(given: Record<string, string>) {
  return readConfig(AttestConfig, { ...worker, ...given }).signing;
}

describe('the attester is configured with exactly one way to sign', () => {
  test('a key file, with no witness where none is named', () => {
    expect(readConfig(AttestConfig, { ...worker, ...keyFile })).toMatchObject({
      builderId: 'https://rebuilder.example/v1',
      parentPipe: false,
      signing: { signer: { kind: 'key-file', path: '/var/lib/assay/keys/signing.pem' } },
    });
    expect(signing(keyFile)).toMatchObject({ timestampUrl: undefined, logUrl: undefined });
  });

  test('a key in a token', () => {
    const environment = { ASSAY_PKCS11_ENVIRONMENT: '{"SOFTHSM2_CONF":"/etc/softhsm2.conf"}' };
    expect(signing({ ...token, ...environment }).signer).toEqual({
      kind: 'pkcs11',
      key: { token: 'assay', object: 'signing' },
      module: {
        path: '/usr/lib/softhsm/libsofthsm2.so',
        environment: { SOFTHSM2_CONF: '/etc/softhsm2.conf' },
      },
      pinFile: '/run/secrets/pin',
    });
  });

  test('a key in a key-management service', () => {
    expect(signing({ ASSAY_SIGNING_KMS: 'awskms:///alias/assay' }).signer).toEqual({
      kind: 'kms',
      keyId: 'alias/assay',
    });
  });

  test('no key of its own, with the token from a file or from the endpoint of GitHub Actions', () => {
    expect(signing({ ...fulcio, ...tokenFile, ...witnesses })).toEqual({
      signer: {
        kind: 'keyless',
        fulcioUrl: 'https://fulcio.example',
        identity: { tokenFile: '/var/run/secrets/token' },
      },
      timestampUrl: 'https://tsa.example/api/v1/timestamp',
      logUrl: 'https://log.example',
      trustedRootFile: '/etc/assay/trusted_root.json',
    });
    const actions = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.example/token?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    };
    expect(signing({ ...fulcio, ...actions, ...witnesses }).signer).toMatchObject({
      identity: {
        url: 'https://actions.example/token?api-version=2',
        bearer: 'bearer',
        audience: 'sigstore',
      },
    });
  });

  test.each([
    ['no way to sign', {}],
    ['two ways to sign', { ...keyFile, ASSAY_SIGNING_KMS: 'awskms:///alias/assay' }],
  ])('%s is refused', (_, given) => {
    expect(() => signing(given)).toThrow(/exactly one of ASSAY_SIGNING_KEY_FILE, .*ASSAY_FULCIO_URL/);
  });
});

describe('what does not fit together is refused', () => {
  test.each([
    ['a token without its PIN', { ...token, ASSAY_PKCS11_PIN_FILE: '' }, /ASSAY_PKCS11_PIN_FILE is not set/],
    [
      'a module without a token',
      { ...keyFile, ASSAY_PKCS11_MODULE: '/m.so' },
      /of use only with ASSAY_SIGNING_PKCS11/,
    ],
    [
      'a variable for the module that loads code into it',
      { ...token, ASSAY_PKCS11_ENVIRONMENT: '{"LD_PRELOAD":"/x.so"}' },
      /ASSAY_PKCS11_ENVIRONMENT/,
    ],
    [
      'Fulcio without an identity',
      { ...fulcio, ...witnesses },
      /ASSAY_OIDC_TOKEN_FILE or ACTIONS_ID_TOKEN_REQUEST_URL/,
    ],
    [
      'an endpoint for tokens without its bearer',
      { ...fulcio, ...witnesses, ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.example' },
      /belong together/,
    ],
    ['Fulcio without a time stamp', { ...fulcio, ...tokenFile }, /ASSAY_TSA_URL is not set/],
    [
      'a log without a time stamp',
      { ...keyFile, ...witnesses, ASSAY_TSA_URL: '' },
      /ASSAY_TSA_URL is not set/,
    ],
    [
      'a witness whose answers nothing is held against',
      { ...keyFile, ...witnesses, ASSAY_TRUSTED_ROOT_FILE: '' },
      /ASSAY_TRUSTED_ROOT_FILE is not set/,
    ],
    [
      'a PIN within the URI',
      { ...token, ASSAY_SIGNING_PKCS11: 'pkcs11:token=a;object=b?pin-value=1' },
      /no query/,
    ],
  ])('%s', (_, given, fault) => {
    expect(() => signing(given)).toThrow(fault);
  });

  test('all faults are told at once, and no value is repeated', () => {
    const { ASSAY_WORKER_TOKEN: _, ...rest } = worker;
    const faulty = { ...rest, ...keyFile, ...fulcio, ASSAY_BUILDER_ID: 'mine', ASSAY_SIGNING_KMS: 'secret' };
    const read = () => readConfig(AttestConfig, faulty);
    for (const fault of [
      /ASSAY_WORKER_TOKEN is not set/,
      /ASSAY_BUILDER_ID: must be/,
      /ASSAY_SIGNING_KMS: must be awskms/,
      /exactly one of/,
      /ASSAY_TSA_URL is not set/,
      /ASSAY_TRUSTED_ROOT_FILE is not set/,
      /needs ASSAY_OIDC_TOKEN_FILE/,
    ])
      expect(read).toThrow(fault);
    expect(read).not.toThrow('secret');
  });
});

test('no other process can be told how to sign', async () => {
  const folder = join(import.meta.dirname, '../../../services/config');
  for (const name of await readdir(folder)) {
    if (name === 'attest.ts' || name === 'signing.ts') continue;
    const text = await readFile(join(folder, name), 'utf8');
    expect(text, name).not.toContain('SIGNING_KEY');
    expect(text, name).not.toContain("'./signing.ts'");
  }
});
