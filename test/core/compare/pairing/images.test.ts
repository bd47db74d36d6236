import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { dockerArchive, ociArchive, type ImageSpec } from './build-image.ts';

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));
const layer = (name: string, text: string): TarMember[] => [{ name, data: text }];
const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

const base = layer('etc/base', 'base');
const image = (text: string, more: Partial<ImageSpec> = {}): ImageSpec => ({
  layers: [base, layer('app/one', text), layer('app/two', 'two')],
  ...more,
});

/** Which parts are told to have another name, and what is told to differ in layers. */
function parts({ differences }: Comparison) {
  return {
    roles: differences.flatMap(({ kind, detail }) => (kind === 'renamed' ? [detail] : [])).sort(),
    inLayers: differences
      .flatMap(({ kind, path }) => (path.length > 1 ? [`${kind} ${path.at(-1)}`] : []))
      .sort(),
    alone: differences.filter(({ kind }) => kind === 'missing' || kind === 'extra').length,
  };
}

describe('the layers of two OCI images', () => {
  it('are compared by their place, though each is named by its digest', async () => {
    const report = await compare(ociArchive([image('1')]), ociArchive([image('2')]));
    expect(report.result).toBe('different');
    expect(parts(report)).toEqual({
      roles: ['configuration of the image', 'layer 2 of the image', 'manifest of the image'],
      inLayers: ['content app/one'],
      alone: 0,
    });
  });

  it('are those of one platform, whatever order the platforms stand in', async () => {
    const a = ociArchive([image('1', { platform: amd64 }), image('3', { platform: arm64 })]);
    const b = ociArchive([image('4', { platform: arm64 }), image('1', { platform: amd64 })]);
    const report = await compare(a, b);
    expect(parts(report)).toEqual({
      roles: ['configuration of linux/arm64', 'layer 2 of linux/arm64', 'manifest of linux/arm64'],
      inLayers: ['content app/one'],
      alone: 0,
    });
  });

  it('are those of one step, where one image has a layer more', async () => {
    const steps = ['FROM base', 'COPY one', 'COPY two'];
    const a = image('1', { steps });
    const b: ImageSpec = {
      layers: [base, layer('new', 'new'), layer('app/one', '2'), layer('app/two', 'two')],
      steps: ['FROM base', 'RUN new', 'COPY one', 'COPY two'],
    };
    const report = await compare(ociArchive([a]), ociArchive([b]));
    expect(parts(report).inLayers).toEqual(['content app/one']);
    expect(report.differences.filter(({ kind }) => kind === 'extra')).toHaveLength(1);
  });

  it('have findings that both sides share, told once', async () => {
    const su = (text: string) =>
      ociArchive([
        {
          layers: [
            [
              { name: 'bin/su', data: '#!', mode: 0o4755 },
              { name: 'x', data: text },
            ],
          ],
        },
      ]);
    const { findings } = await compare(su('1'), su('2'));
    expect(findings.map(({ id, side }) => [id, side])).toEqual([['setuid', 'both']]);
  });

  it('are not looked for where the index names what is not there, or is no JSON', async () => {
    const hostile = (index: string) =>
      compare(
        Buffer.from(ociArchive([image('1')])),
        Buffer.from(
          ociArchive([image('2')])
            .toString('latin1')
            .replace(/\{"schemaVersion":2,"manifests"/, index),
          'latin1',
        ),
      );
    for (const index of ['{"schemaVersion":2,"manifestx"', 'xxschemaVersion":2,"manifests"']) {
      const report = await hostile(index);
      expect(report.result).toBe('different');
      expect(parts(report).roles.filter((role) => role?.includes('image'))).toEqual([]);
    }
  });
});

describe('why two images differ', () => {
  const causesOf = ({ differences }: Comparison) =>
    new Set(differences.filter(({ path }) => path.length === 1).map(({ cause }) => cause));

  it('is what differs in the layer; the digests that follow are told as such, and explain nothing', async () => {
    const built = (time: string) => ociArchive([image(`built ${time}\n`)]);
    const report = await compare(built('2026-11-22T10:00:00Z'), built('2026-11-23T11:11:11Z'));
    expect(report.causes.map(({ id }) => id)).toEqual(['build-time-in-content', 'digest-follows']);
    expect(causesOf(report)).toEqual(new Set(['digest-follows']));
  });

  it('is also what else differs in a configuration that has digests', async () => {
    const built = (text: string, created: string) => ociArchive([image(text, { created })]);
    const report = await compare(built('1', '2026-11-22T10:00:00Z'), built('2', '2026-11-23T11:11:11Z'));
    const [time] = report.causes;
    expect(time).toMatchObject({
      id: 'build-time-in-content',
      evidence: [{ a: '2026-11-22T10:00:00Z', b: '2026-11-23T11:11:11Z' }],
    });
  });

  it('is not a digest where one stands beside other members than it did', async () => {
    const sums = (digest: string, text: string) => [
      { name: 'SUMS', data: `${digest}  app\n` },
      { name: 'app', data: text },
    ];
    const [one, two] = ['1'.repeat(63) + 'a', '2'.repeat(63) + 'b'];
    const report = await compare(buildTar(sums(one, 'x')), buildTar(sums(two, 'y')));
    expect(report.causes.map(({ id }) => id)).not.toContain('digest-follows');
  });

  it('is a list of checksums only where these are those of the files that differ', async () => {
    const sums = (text: string) => [
      { name: 'SUMS', data: `${createHash('sha256').update(text).digest('hex')}  app\n` },
      { name: 'app', data: text },
    ];
    const { differences } = await compare(buildTar(sums('x')), buildTar(sums('y')));
    expect(differences.find(({ path }) => path[0] === 'SUMS')?.cause).toBe('digest-follows');
  });
});

describe('the layers of two images of docker save', () => {
  it('are compared by their place, and their folders go with them', async () => {
    const report = await compare(dockerArchive(image('1')), dockerArchive(image('2')));
    expect(parts(report)).toMatchObject({ inLayers: ['content app/one'], alone: 0 });
    expect(parts(report).roles).toEqual([
      'configuration of app:1',
      'its folder has another name',
      'its folder has another name',
      'its folder has another name',
      'layer 2 of app:1',
    ]);
  });
});
