import { expect, it } from 'vitest';
import { openObjectStore, readS3Location } from '#services/objects/open-object-store.ts';

it.each(['ftp://host/', '/just/a/path', 's3:///no-bucket', 's3://key:secret@bucket/'])(
  'refuses %j as the URL of an object store',
  async (url) => {
    await expect(openObjectStore(url)).rejects.toMatchObject({ code: 'usage' });
  },
);

it('keeps a secret out of what it says of a URL that holds one', async () => {
  const error = await openObjectStore('s3://key:secret@bucket/').catch((caught: unknown) => caught);
  expect(String(error)).not.toContain('secret');
});

it('reads bucket, prefix, endpoint and region from the URL and credentials from the environment', () => {
  const url = new URL('s3://bucket/some/prefix/?endpoint=http://127.0.0.1:9000&region=eu-west-1');
  const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'elsewhere' };
  expect(readS3Location(url, environment)).toEqual({
    bucket: 'bucket',
    prefix: 'some/prefix/',
    endpoint: 'http://127.0.0.1:9000',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
});

it('leaves credentials to the SDK where the environment names none', () => {
  expect(readS3Location(new URL('s3://bucket'), {})).toEqual({
    bucket: 'bucket',
    prefix: '',
    region: 'us-east-1',
  });
});
