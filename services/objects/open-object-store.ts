import { fileURLToPath } from 'node:url';
import { AppError } from '#core/errors/app-error.ts';
import { FolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { S3Store, type S3Location } from './s3-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The registry: which URL means which store. */
const stores: Readonly<Record<string, (url: URL, environment: Environment) => Promise<ObjectStore>>> = {
  'file:': (url) => FolderStore.open(fileURLToPath(url)),
  's3:': (url, environment) => S3Store.open(readS3Location(url, environment)),
};

/**
 * The store that `url` names (`ASSAY_OBJECTS_URL`): `file:///folder` or `s3://bucket/prefix?endpoint=…&region=…`.
 * Credentials are never in the URL: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of
 * `environment`, else whatever the SDK finds. @throws AppError `usage` for another kind of URL, `unavailable`
 */
export async function openObjectStore(url: string, environment: Environment = {}): Promise<ObjectStore> {
  const parsed = URL.parse(url);
  const open = parsed === null ? undefined : stores[parsed.protocol];
  if (parsed === null || open === undefined) {
    throw new AppError(
      'usage',
      `an object store URL cannot begin with ${JSON.stringify(parsed?.protocol ?? '')}`,
      {
        hint: 'use file:///folder or s3://bucket/prefix?endpoint=…',
      },
    );
  }
  return open(parsed, environment);
}

export function readS3Location(url: URL, environment: Environment): S3Location {
  if (url.hostname === '' || url.username !== '' || url.password !== '') {
    throw new AppError('usage', 'an s3:// URL names a bucket and holds no credentials', {
      hint: 'put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
  }
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  const endpoint = url.searchParams.get('endpoint') ?? environment['AWS_ENDPOINT_URL_S3'];
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    region: url.searchParams.get('region') ?? environment['AWS_REGION'] ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}
