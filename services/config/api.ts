import { z } from '@hono/zod-openapi';
import { MachineTokens } from '#services/identity/machine-tokens.ts';
import {
  absolutePath,
  json,
  listenAddress,
  logLevel,
  parentPipe,
  secretBytes,
  url,
  wholeNumber,
} from './variables.ts';

const gibibyte = 1024 ** 3;

/** What the api is given: the database, the objects, the queue, who may call. Never a signing key or a sandbox. */
export const ApiConfig = z
  .object({
    ASSAY_LISTEN: listenAddress.describe('`host:port`; port 0 picks one'),
    ASSAY_DATABASE_URL: url('postgres', 'postgresql').describe('the database'),
    ASSAY_QUEUE_URL: url('postgres', 'postgresql', 'redis', 'rediss').describe('what wakes workers'),
    ASSAY_OBJECTS_URL: url('file', 's3').describe('where objects are kept'),
    ASSAY_OBJECTS_QUOTA_BYTES: wholeNumber(1)
      .default(50 * gibibyte)
      .describe('of all objects together'),
    ASSAY_RETENTION_DAYS: wholeNumber(1, 36_500)
      .default(30)
      .describe('how long an object that nothing refers to is kept'),
    ASSAY_GATEWAY_KEY: secretBytes(32).describe('signs grants; shared with the gateway'),
    ASSAY_MACHINE_TOKENS: json(MachineTokens).describe('scope → sha256 of its token'),
    ASSAY_TRUSTED_ROOT_FILE: absolutePath
      .optional()
      .describe('Sigstore `trusted_root.json` of the witnesses, given to whoever asks'),
    ASSAY_OIDC_FILE: absolutePath.optional().describe('trusted issuers'),
    ASSAY_UPLOAD_BYTES_MAX: wholeNumber(1)
      .default(2 * gibibyte)
      .describe('largest object that is taken'),
    ASSAY_RATE_ANONYMOUS: wholeNumber(0)
      .default(1200)
      .describe('requests a minute from one address; 0: no limit'),
    ASSAY_RATE_CALLER: wholeNumber(0)
      .default(6000)
      .describe('requests a minute of one submitter; 0: no limit'),
    ASSAY_RATE_SUBMIT: wholeNumber(0)
      .default(120)
      .describe('rebuilds a minute of one submitter; 0: no limit'),
    ASSAY_PROXY_HOPS: wholeNumber(0, 10)
      .default(0)
      .describe('trusted proxies in front, whose X-Forwarded-For is believed'),
    ASSAY_HOSTED: z
      .enum(['0', '1'])
      .optional()
      .describe('1: the operator declares that this is a hosted service'),
    ASSAY_SEPARATE_USERS: z
      .enum(['0', '1'])
      .optional()
      .describe('1: each process runs under a user of its own'),
    ASSAY_LOG_LEVEL: logLevel,
    ASSAY_PARENT_PIPE: parentPipe,
  })
  .transform((v) => ({
    listen: v.ASSAY_LISTEN,
    databaseUrl: v.ASSAY_DATABASE_URL,
    queueUrl: v.ASSAY_QUEUE_URL,
    objectsUrl: v.ASSAY_OBJECTS_URL,
    objectsQuotaBytes: v.ASSAY_OBJECTS_QUOTA_BYTES,
    retentionDays: v.ASSAY_RETENTION_DAYS,
    gatewayKey: v.ASSAY_GATEWAY_KEY,
    machineTokens: v.ASSAY_MACHINE_TOKENS,
    trustedRootFile: v.ASSAY_TRUSTED_ROOT_FILE,
    oidcFile: v.ASSAY_OIDC_FILE,
    logLevel: v.ASSAY_LOG_LEVEL,
    place: { hosted: declared(v.ASSAY_HOSTED), separateUsers: declared(v.ASSAY_SEPARATE_USERS) },
    parentPipe: v.ASSAY_PARENT_PIPE === '1',
    limits: {
      objectBytesMax: v.ASSAY_UPLOAD_BYTES_MAX,
      anonymousPerMinute: v.ASSAY_RATE_ANONYMOUS,
      callerPerMinute: v.ASSAY_RATE_CALLER,
      submitPerMinute: v.ASSAY_RATE_SUBMIT,
      proxyHops: v.ASSAY_PROXY_HOPS,
    },
  }));
export type ApiConfig = z.output<typeof ApiConfig>;

function declared(value: '0' | '1' | undefined): boolean | null {
  return value === undefined ? null : value === '1';
}
