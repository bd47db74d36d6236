import type { ByteSource } from '#core/archive/byte-source.ts';
import { DecodedStreams } from '#core/archive/decoded-streams.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace } from '#core/archive/reading.ts';
import { leadingIds } from '../capture.ts';
import { Sketcher, type Sketch } from './sketch.ts';

/** Of one content: the rest is taken to be like its beginning. */
export const sketchedBytesMax = 1024 ** 2;

/** Nothing is left to be sketched. */
class AllSketched extends Error {}

/**
 * Reads the file again, as far as is needed, and sketches the contents at these ids. `sizes`: how many bytes each has.
 * @throws nothing that an archive can cause
 */
export async function readSketches(
  source: ByteSource,
  limits: ReadLimits,
  sizes: ReadonlyMap<string, number>,
  decoded = new DecodedStreams(),
): Promise<ReadonlyMap<string, Sketch>> {
  const leading = leadingIds(sizes.keys());
  const sketches = new Map<string, Sketch>();
  const reading = startReading(limits, {
    digest: false,
    wanted: (id) => leading.has(id),
    tap: ({ id }) => {
      const size = sizes.get(id);
      if (size === undefined) return undefined;
      const sketcher = new Sketcher();
      const end = Math.min(size, sketchedBytesMax);
      return (bytes, offset) => {
        if (offset >= end) return;
        sketcher.add(bytes.subarray(0, end - offset));
        if (offset + bytes.byteLength < end) return;
        sketches.set(id, sketcher.end());
        if (sketches.size === sizes.size) throw new AllSketched();
      };
    },
    decoded,
  });
  try {
    await readFile(reading, rootPlace, source);
  } catch (error) {
    if (!(error instanceof AllSketched)) throw error;
  }
  return sketches;
}
