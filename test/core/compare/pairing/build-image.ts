import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** One platform's image: its layers, from the lowest up, and the steps that made them. */
export interface ImageSpec {
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly layers: readonly (readonly TarMember[])[];
  readonly steps?: readonly string[];
  readonly created?: string;
}

function configOf({ layers, steps, created, platform }: ImageSpec): Buffer {
  return json({
    ...(created === undefined ? {} : { created }),
    ...(platform ?? { os: 'linux', architecture: 'amd64' }),
    rootfs: { type: 'layers', diff_ids: layers.map((members) => `sha256:${sha256(buildTar(members))}`) },
    ...(steps === undefined ? {} : { history: steps.map((step) => ({ created_by: step })) }),
  });
}

/** An OCI image layout 1.1.0 in a tar, as `skopeo copy … oci-archive:` and `docker buildx build --output type=oci` write it. */
export function ociArchive(images: readonly ImageSpec[]): Buffer {
  const blobs = new Map<string, Buffer>();
  const add = (bytes: Buffer, mediaType: string, more = {}) => {
    blobs.set(`blobs/sha256/${sha256(bytes)}`, bytes);
    return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.byteLength, ...more };
  };
  const manifests = images.map((image) => {
    const config = add(configOf(image), 'application/vnd.oci.image.config.v1+json');
    const layers = image.layers.map((members) =>
      add(gzipSync(buildTar(members)), 'application/vnd.oci.image.layer.v1.tar+gzip'),
    );
    const manifest = json({ schemaVersion: 2, config, layers });
    return add(
      manifest,
      'application/vnd.oci.image.manifest.v1+json',
      image.platform === undefined ? {} : { platform: image.platform },
    );
  });
  return buildTar([
    { name: 'oci-layout', data: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', data: json({ schemaVersion: 2, manifests }) },
    ...[...blobs].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, data]) => ({ name, data })),
  ]);
}

/** What `docker save` wrote before Docker 25: a folder for each layer. */
export function dockerArchive(image: ImageSpec, tag = 'app:1'): Buffer {
  const config = configOf(image);
  const folders = image.layers.map((members, at) => ({
    id: sha256(Buffer.from(`${at} ${sha256(buildTar(members))}`)),
    members,
  }));
  return buildTar([
    ...folders.flatMap(({ id, members }) => [
      { name: `${id}/`, type: '5' as const },
      { name: `${id}/VERSION`, data: '1.0' },
      { name: `${id}/json`, data: json({ id }) },
      { name: `${id}/layer.tar`, data: buildTar(members) },
    ]),
    { name: `${sha256(config)}.json`, data: config },
    {
      name: 'manifest.json',
      data: json([
        {
          Config: `${sha256(config)}.json`,
          RepoTags: [tag],
          Layers: folders.map(({ id }) => `${id}/layer.tar`),
        },
      ]),
    },
    { name: 'repositories', data: json({ app: { '1': folders.at(-1)?.id } }) },
  ]);
}
