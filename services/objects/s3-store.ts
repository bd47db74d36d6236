import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { verifyBytes } from '#core/digest/verify-bytes.ts';
import { AppError } from '#core/errors/app-error.ts';
import { Sha256, type ObjectRef } from '#schemas/digest.ts';
import type { ObjectStore } from './object-store.ts';

export interface S3Location {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server that is not Amazon's; buckets are then addressed by path. */
  readonly endpoint?: string;
  /** Default: what the SDK finds (role of the machine or of the Kubernetes service account). */
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

const mebibyte = 1024 ** 2;
/** Uploads that were begun and never ended are given up after this. */
const staleUploadMs = 24 * 3_600_000;

/**
 * Objects in a bucket, as `{prefix}sha256/ab/abcd…`. An upload is completed only after the last byte was read and the
 * digest found right, and S3 shows nothing of an upload that is not complete: so no bad object is ever visible.
 */
export class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #location: S3Location;

  private constructor(client: S3Client, location: S3Location) {
    this.#client = client;
    this.#location = location;
  }

  /** @throws AppError `unavailable` where the bucket does not answer */
  static async open(location: S3Location): Promise<S3Store> {
    const { region, endpoint, credentials } = location;
    const client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials !== undefined && { credentials }),
      // Digests are checked by whoever reads; other servers than Amazon's do not all know the SDK's own checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
    });
    const store = new S3Store(client, location);
    await client.send(new HeadBucketCommand({ Bucket: location.bucket })).catch(rethrow);
    await store.#giveUpStaleUploads();
    return store;
  }

  async put(sha256: Sha256, bytes: Readable, options: { sizeMax: number }): Promise<ObjectRef> {
    const verified = verifyBytes(bytes, sha256, options.sizeMax);
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#key(sha256), Body: Readable.from(verified.bytes, { objectMode: false }) },
      // S3 takes at most 10,000 parts (qfacts.html).
      partSize: Math.max(8 * mebibyte, Math.ceil(options.sizeMax / 10_000)),
      queueSize: 2,
    });
    try {
      await upload.done().catch(rethrow);
      return { digest: { sha256 }, size: verified.size };
    } finally {
      bytes.destroy();
    }
  }

  async get(sha256: Sha256, range?: readonly [number, number]): Promise<Readable | undefined> {
    const Range = range === undefined ? undefined : `bytes=${range[0]}-${range[1]}`;
    try {
      const answer = await this.#client.send(new GetObjectCommand({ ...this.#key(sha256), Range }));
      return answer.Body as Readable;
    } catch (error) {
      // A range that begins after the last byte holds nothing.
      if (error instanceof S3ServiceException && error.name === 'InvalidRange') return Readable.from([]);
      return absent(error);
    }
  }

  async size(sha256: Sha256): Promise<number | undefined> {
    const answer = await this.#client.send(new HeadObjectCommand(this.#key(sha256))).catch(absent);
    return answer?.ContentLength;
  }

  async remove(sha256: Sha256): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#key(sha256))).catch(rethrow);
  }

  async *list(): AsyncIterable<{ sha256: Sha256; size: number; storedAt: Date }> {
    const { bucket: Bucket, prefix } = this.#location;
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket, Prefix: `${prefix}sha256/` });
    for await (const page of asked(pages)) {
      for (const { Key = '', Size, LastModified } of page.Contents ?? []) {
        const sha256 = Sha256.safeParse(Key.slice(Key.lastIndexOf('/') + 1));
        if (sha256.success && Size !== undefined && LastModified !== undefined) {
          yield { sha256: sha256.data, size: Size, storedAt: LastModified };
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #key(sha256: Sha256): { Bucket: string; Key: string } {
    const digest = Sha256.parse(sha256);
    const { bucket, prefix } = this.#location;
    return { Bucket: bucket, Key: `${prefix}sha256/${digest.slice(0, 2)}/${digest}` };
  }

  /** What a killed process left; invisible, but it is paid for. */
  async #giveUpStaleUploads(): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.#location;
    try {
      const { Uploads } = await this.#client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      for (const { Key, UploadId, Initiated } of Uploads ?? []) {
        if (Initiated === undefined || Date.now() - Initiated.getTime() < staleUploadMs) continue;
        await this.#client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }
    } catch (error) {
      // Not every key may list uploads; a lifecycle rule of the bucket does the same.
      if (!(error instanceof S3ServiceException)) throw unavailable(error);
    }
  }
}

async function* asked<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    throw unavailable(error);
  }
}

function absent(error: unknown): undefined {
  if (error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined;
  throw unavailable(error);
}

function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AppError('unavailable', `the object store (S3) did not do as asked: ${reason}`, {
    hint: 'see ASSAY_OBJECTS_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the bucket must exist',
    cause: error,
  });
}

function rethrow(error: unknown): never {
  throw unavailable(error);
}
