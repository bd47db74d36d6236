import type { Fact } from '#schemas/level.ts';
import type { Rootfs } from '../sandbox.ts';
import { askEngine, type Docker } from './engine.ts';

/**
 * Whether the engine's image is the root file system of that digest and nothing else: the engine names each layer by the
 * sha256 of its tar (OCI image specification, "DiffID"), so a label or a tag alone is not believed.
 */
export async function imageFact(docker: Docker, image: string, rootfs: Rootfs): Promise<Fact> {
  const { RootFS } = await askEngine('look at the root file system', docker.getImage(image).inspect());
  const layers = RootFS.Layers ?? [];
  const same = layers.length === 1 && layers[0] === `sha256:${rootfs.sha256}`;
  const evidence = same
    ? `image ${image} has one layer, whose tar has the root file system's digest; what the gateway keeps is digested again whenever it is served`
    : `image ${image} has ${layers.length} layers, not the one of the root file system ${rootfs.sha256}`;
  return { name: 'cache-content-addressed', value: same, basis: 'measured', evidence };
}
