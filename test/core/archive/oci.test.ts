import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar, type TarMember } from './build-tar.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const layerTypes = { gzip: 'tar+gzip', zstd: 'tar+zstd' } as const;

interface Image {
  readonly tar: Buffer;
  /** Names of the layers' blobs. */
  readonly layers: readonly string[];
}

/** An image as OCI image layout 1.1.0 has it, in one tar: what `skopeo copy … oci-archive:` writes. */
function ociImage(layers: readonly (readonly TarMember[])[], compression: keyof typeof layerTypes): Image {
  const compress = {
    gzip: (bytes: Buffer) => gzipSync(bytes),
    zstd: (bytes: Buffer) => zstdCompressSync(bytes),
  };
  const tars = layers.map((members) => buildTar(members));
  const blobs = tars.map((tar) => compress[compression](tar));
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const descriptor = (bytes: Buffer, mediaType: string) => ({
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.byteLength,
  });
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) },
  });
  const manifest = json({
    schemaVersion: 2,
    config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
    layers: blobs.map((blob) =>
      descriptor(blob, `application/vnd.oci.image.layer.v1.${layerTypes[compression]}`),
    ),
  });
  const index = json({
    schemaVersion: 2,
    manifests: [descriptor(manifest, 'application/vnd.oci.image.manifest.v1+json')],
  });
  const all = [...blobs, config, manifest].map((data) => ({ name: `blobs/sha256/${sha256(data)}`, data }));
  return {
    tar: buildTar([
      { name: 'oci-layout', data: '{"imageLayoutVersion":"1.0.0"}' },
      { name: 'index.json', data: index },
      ...all,
    ]),
    layers: blobs.map((blob) => `blobs/sha256/${sha256(blob)}`),
  };
}

const base: TarMember[] = [
  { name: 'etc/', type: '5', mode: 0o755 },
  { name: 'etc/passwd', data: 'root:x:0:0::/root:/bin/sh\n' },
  { name: 'bin/su', data: '#!', mode: 0o4755 },
];
const upper: TarMember[] = [
  { name: 'etc/.wh.passwd' },
  { name: 'var/.wh..wh..opq' },
  { name: 'app.tgz', data: gzipSync(buildTar([{ name: 'deep/one.txt', data: 'one' }])) },
];

const facts = (bytes: Buffer) =>
  readFacts(memorySource(bytes), { texts: ['index.json'], nestedDigests: true });

describe('an OCI image in a tar', () => {
  it.each(['gzip', 'zstd'] as const)(
    'is read through its layers (%s) to the archives in them, and their findings say where',
    async (compression) => {
      const { tar, layers } = ociImage([base, upper], compression);
      const [lower = '', top = ''] = layers;
      const { members, findings, cut, texts } = await facts(tar);
      expect(cut).toEqual([]);
      expect(JSON.parse(texts['index.json'] ?? '')).toHaveProperty('schemaVersion', 2);
      const paths = members.map((member) => member.path.join('/'));
      expect(paths).toContain(`${lower}/etc/passwd`);
      expect(paths).toContain(`${top}/app.tgz/deep/one.txt`);
      expect(findings.map(({ id, path, detail }) => ({ id, path, detail }))).toEqual([
        { id: 'setuid', path: [lower, 'bin/su'], detail: 'mode 4755' },
        { id: 'whiteout', path: [top, 'etc/.wh.passwd'], detail: 'deletes passwd' },
        {
          id: 'whiteout',
          path: [top, 'var/.wh..wh..opq'],
          detail: 'deletes all that layers below have in its folder',
        },
      ]);
    },
  );

  it('is opened only as deep as the limit says, which is told', async () => {
    const { tar } = ociImage([base, upper], 'gzip');
    const { cut, members } = await readFacts(memorySource(tar), {
      texts: [],
      nestedDigests: true,
      limits: { depthMax: 3 },
    });
    const detail = 'archives nested deeper than 3 are compared as bytes';
    expect(cut).toEqual([{ kind: 'unread', detail }]);
    const paths = members.map((member) => member.path.join('/'));
    expect(paths.some((path) => path.endsWith('/app.tgz'))).toBe(true);
    expect(paths.some((path) => path.includes('one.txt'))).toBe(false);
  });

  it('spends one budget on all layers together', async () => {
    const { tar } = ociImage([base, base, base, upper], 'gzip');
    const { cut } = await readFacts(memorySource(tar), {
      texts: [],
      nestedDigests: true,
      limits: { membersMax: 12 },
    });
    expect(cut).toEqual([{ kind: 'unread', detail: 'reading stopped after 12 members' }]);
  });

  it('of which another layer sets a bit more is different, and the finding names the member', async () => {
    const [a, b] = [0o755, 0o4755].map((mode) => ociImage([[{ name: 'bin/su', data: '#!', mode }]], 'gzip'));
    if (a === undefined || b === undefined) throw new Error('no image');
    const { result, findings } = await compareSources(memorySource(a.tar), memorySource(b.tar));
    expect(result).toBe('different');
    expect(findings).toEqual([
      expect.objectContaining({ id: 'setuid', side: 'b', path: [b.layers[0], 'bin/su'] }),
    ]);
  });
});

describe('an image of docker save', () => {
  it('is read through its layers by their names in manifest.json', async () => {
    const layer = buildTar(base);
    const id = sha256(layer);
    const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: [`sha256:${id}`] } }));
    const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: ['a:1'], Layers: [`${id}/layer.tar`] }];
    const { findings, members, cut } = await facts(
      buildTar([
        { name: `${sha256(config)}.json`, data: config },
        { name: `${id}/`, type: '5' },
        { name: `${id}/VERSION`, data: '1.0' },
        { name: `${id}/layer.tar`, data: layer },
        { name: 'manifest.json', data: JSON.stringify(manifest) },
      ]),
    );
    expect(cut).toEqual([]);
    expect(members.map((member) => member.path)).toContainEqual([`${id}/layer.tar`, 'etc/passwd']);
    expect(findings.map((finding) => [finding.id, finding.path])).toEqual([
      ['setuid', [`${id}/layer.tar`, 'bin/su']],
    ]);
  });
});
