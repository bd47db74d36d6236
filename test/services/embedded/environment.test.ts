import { describe, expect, it } from 'vitest';
import { AttestConfig } from '#services/config/attest.ts';
import { ApiConfig } from '#services/config/api.ts';
import { GatewayConfig } from '#services/config/gateway.ts';
import { readConfig } from '#services/config/read.ts';
import { RebuildConfig } from '#services/config/rebuild.ts';
import { ResolveConfig } from '#services/config/resolve.ts';
import { CompareConfig } from '#services/config/compare.ts';
import { dataFolder, dataFolderPath } from '#services/embedded/data-folder.ts';
import { processEnvironment, type ServiceSettings } from '#services/embedded/environment.ts';
import { embeddedProcessNames } from '#services/embedded/processes.ts';
import { makeSecrets } from '#services/embedded/secrets.ts';
import { freeRange, hasRange } from '#services/embedded/users.ts';

const secrets = makeSecrets();
const settings: ServiceSettings = {
  folder: dataFolder('/data'),
  secrets,
  databaseUrl: 'postgres://assay_api:DATABASE-PASSWORD@127.0.0.1:5432/assay',
  queueUrl: 'postgres://assay_queue:QUEUE-PASSWORD@127.0.0.1:5432/assay',
  listen: { api: '127.0.0.1:0', gateway: '127.0.0.1:0' },
  apiUrl: 'http://127.0.0.1:8000',
  gatewayUrl: 'http://127.0.0.1:8001',
  builderId: 'https://builder.test/1',
  separateUsers: true,
  upstreams: { ASSAY_PYPI_URL: 'https://user:REGISTRY-PASSWORD@registry.test/simple' },
  cgroups: 'memory=/sys/fs/cgroup/memory/x',
  outside: {
    HOME: '/home/operator',
    AWS_SECRET_ACCESS_KEY: 'OPERATOR-SECRET',
    ASSAY_LOG_LEVEL: 'warn',
    https_proxy: 'http://p',
  },
};
const environmentOf = (name: (typeof embeddedProcessNames)[number]) => processEnvironment(name, settings);
const holders = (secret: string) =>
  embeddedProcessNames.filter((name) => JSON.stringify(environmentOf(name)).includes(secret));

describe('the environment of each process', () => {
  it.each([
    ['api', ApiConfig],
    ['gateway', GatewayConfig],
    ['resolve', ResolveConfig],
    ['rebuild', RebuildConfig],
    ['compare', CompareConfig],
    ['attest', AttestConfig],
  ] as const)('is what the configuration of %s asks for', (name, schema) => {
    expect(() => readConfig(schema, environmentOf(name))).not.toThrow();
  });

  it('each secret is known only to the processes that need it', () => {
    expect(holders('DATABASE-PASSWORD')).toEqual(['api']);
    expect(holders('QUEUE-PASSWORD')).toEqual(['api', 'resolve', 'rebuild', 'compare', 'attest']);
    expect(holders(secrets.gatewayKey)).toEqual(['api', 'gateway']);
    expect(holders(secrets.gateway)).toEqual(['gateway']);
    expect(holders(secrets.admin)).toEqual([]);
    for (const kind of ['resolve', 'rebuild', 'compare', 'attest'] as const) {
      expect(holders(secrets.workers[kind])).toEqual([kind]);
    }
    expect(holders('signing.pem')).toEqual(['attest']);
  });

  it('only those that reach registries know how', () => {
    expect(holders('REGISTRY-PASSWORD')).toEqual(['gateway', 'resolve', 'rebuild']);
    expect(holders('http://p')).toEqual(['gateway', 'resolve', 'rebuild']);
  });

  it('nothing else of the launcher reaches any process', () => {
    expect(holders('OPERATOR-SECRET')).toEqual([]);
    expect(holders('/home/operator')).toEqual([]);
    for (const name of embeddedProcessNames) expect(environmentOf(name)['ASSAY_LOG_LEVEL']).toBe('warn');
  });

  it('the attester signs as the operator says, and only then is told what that needs', () => {
    const attest = (outside: Record<string, string>) =>
      processEnvironment('attest', { ...settings, outside: { ...settings.outside, ...outside } });
    expect(attest({})['ASSAY_SIGNING_KEY_FILE']).toBe('/data/keys/signing.pem');
    const kms = attest({ ASSAY_SIGNING_KMS: 'awskms:///alias/assay' });
    expect(kms).not.toHaveProperty('ASSAY_SIGNING_KEY_FILE');
    expect(kms).toMatchObject({ AWS_SECRET_ACCESS_KEY: 'OPERATOR-SECRET', https_proxy: 'http://p' });
    const witnessed = attest({ ASSAY_TSA_URL: 'https://tsa.test', ASSAY_TRUSTED_ROOT_FILE: '/root.json' });
    expect(witnessed).toMatchObject({
      ASSAY_SIGNING_KEY_FILE: '/data/keys/signing.pem',
      https_proxy: 'http://p',
    });
    expect(witnessed).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    for (const environment of [attest({}), kms, witnessed])
      expect(() => readConfig(AttestConfig, environment)).not.toThrow();
  });

  it('the api gives away the trusted root that the attester verifies against', () => {
    const outside = { ...settings.outside, ASSAY_TRUSTED_ROOT_FILE: '/root.json' };
    const told = embeddedProcessNames.filter(
      (name) =>
        processEnvironment(name, { ...settings, outside })['ASSAY_TRUSTED_ROOT_FILE'] === '/root.json',
    );
    expect(told).toEqual(['api', 'attest']);
  });

  it('two starts share no secret', () => {
    expect(makeSecrets().admin).not.toBe(makeSecrets().admin);
  });
});

describe('the data folder', () => {
  it.each([
    [{ XDG_DATA_HOME: '/x' }, 1000, '/x/assay'],
    [{ XDG_DATA_HOME: '/x' }, 0, '/x/assay'],
    [{ XDG_DATA_HOME: 'relative' }, 1000, '/home/u/.local/share/assay'],
    [{}, 1000, '/home/u/.local/share/assay'],
    [{}, 0, '/var/lib/assay'],
  ])('with %j and user %i is %s', (environment, uid, path) => {
    expect(dataFolderPath(environment, { uid, home: '/home/u' })).toBe(path);
  });
});

describe('subordinate ids', () => {
  it('a new range overlaps none that is there', () => {
    expect(freeRange('')).toBe(100_000);
    expect(freeRange('a:100000:65536\nb:300000:65536\n')).toBe(365_536);
  });

  it('a range counts only for its user and when it is large enough', () => {
    expect(hasRange('assay-rebuild:100000:65536\n', 'assay-rebuild')).toBe(true);
    expect(hasRange('assay-rebuild:100000:65535\n', 'assay-rebuild')).toBe(false);
    expect(hasRange('somebody:100000:65536\nnonsense\n', 'assay-rebuild')).toBe(false);
  });
});
