import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import type { Rootfs } from '../sandbox.ts';
import { askEngine, askIfThere, type Docker } from './engine.ts';

const digestLabel = 'assay.rootfs';
const repository = 'assay-rootfs';
/** A root file system of a few hundred megabytes takes seconds; a loaded disk some more. */
const importMs = 10 * 60_000;

/**
 * The engine's image of `rootfs`, imported if it is not there yet; answers its id. The tar is digested while the engine
 * reads it, and only an image whose tar had the digest gets the name by which it is found again.
 * @throws AppError `unavailable`
 */
export async function ensureImage(docker: Docker, rootfs: Rootfs): Promise<string> {
  const tag = rootfs.sha256.slice(0, 32);
  const name = `${repository}:${tag}`;
  const known = await askIfThere('look for the root file system', docker.getImage(name).inspect());
  if (known?.Config.Labels?.[digestLabel] === `sha256:${rootfs.sha256}`) return known.Id;

  const { id, sha256 } = await importTar(docker, rootfs);
  if (sha256 !== rootfs.sha256) {
    await askIfThere('remove an image', docker.getImage(id).remove());
    throw new AppError(
      'unavailable',
      `the root file system ${rootfs.tar} has the digest ${sha256}, not ${rootfs.sha256}`,
      { hint: 'remove it from the cache of root file systems; it is made again' },
    );
  }
  await askEngine('name the root file system', docker.getImage(id).tag({ repo: repository, tag }));
  return id;
}

async function importTar(docker: Docker, rootfs: Rootfs): Promise<{ id: string; sha256: string }> {
  const hash = createHash('sha256');
  const digested = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file = createReadStream(rootfs.tar);
  file.on('error', (error) => digested.destroy(error));
  const imported = (async () => {
    const progress = await docker.importImage(file.pipe(digested), {
      changes: [`LABEL ${digestLabel}=sha256:${rootfs.sha256}`],
    });
    return lastStatus(docker, progress);
  })();
  const status = await askEngine('import the root file system', imported, importMs).finally(() =>
    file.destroy(),
  );
  return { id: status, sha256: hash.digest('hex') };
}

/** The engine ends its progress with the id of the image, or says what went wrong. */
async function lastStatus(docker: Docker, progress: NodeJS.ReadableStream): Promise<string> {
  const events = await new Promise<{ status?: string; error?: string }[]>((resolve, reject) => {
    docker.modem.followProgress(progress, (error, output) => (error ? reject(error) : resolve(output)));
  });
  const last = events.at(-1);
  if (last?.status?.startsWith('sha256:') !== true) throw new Error(last?.error ?? 'no image came of it');
  return last.status;
}
