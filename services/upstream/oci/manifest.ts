import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Sha256 } from '#schemas/digest.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';
const dockerManifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerIndexType = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** Whatever an image may be. */
export const anyManifest = [manifestType, indexType, dockerManifestType, dockerIndexType].join(', ');

export const manifestBytesMax = 4 * 1024 ** 2;

/** OCI image specification 1.1, descriptor.md; other algorithms than sha256 are not read. */
export const Descriptor = z.looseObject({
  mediaType: z.string().max(255),
  digest: z
    .string()
    .startsWith('sha256:')
    .refine((text) => Sha256.safeParse(text.slice(7)).success, 'sha256:<hex>'),
  size: z.int().nonnegative(),
  artifactType: z.string().max(255).optional(),
  annotations: z.record(z.string().max(255), z.string().max(65_536)).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().max(255).optional(),
  artifactType: z.string().max(255).optional(),
  config: Descriptor.optional(),
  layers: z.array(Descriptor).max(128),
  subject: Descriptor.optional(),
  annotations: z.record(z.string().max(255), z.string().max(65_536)).optional(),
});

/** Descriptors with a digest that is not known here are kept as they are: the list is not ours alone. */
export const Index = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(z.looseObject({ digest: z.string().max(255) })).max(10_000),
});
export type Index = z.infer<typeof Index>;

export function sha256Of(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex');
}

/** JSON of `body` by `schema`; undefined where it is something else. */
export function readJson<S extends z.ZodType>(schema: S, body: Buffer): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
