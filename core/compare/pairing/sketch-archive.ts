import { isStream, type Archive } from '#core/archive/entry.ts';
import { Sketcher, type Sketch } from './sketch.ts';

const membersMax = 20_000;

/** An archive by the digests of what is in it, and by the names: known from the first reading. */
export function sketchArchive(archive: Archive): Sketch {
  const sketcher = new Sketcher();
  let left = membersMax;
  const visit = ({ entries, format }: Archive): void => {
    for (const { key, content } of entries) {
      left -= 1;
      if (left < 0) return;
      if (!isStream(format)) sketcher.add(Buffer.from(`${key}\n`, 'latin1'));
      if (content?.archive !== undefined) visit(content.archive);
      else if (content !== undefined && content.size > 0) {
        sketcher.addFeature(Number.parseInt(content.sha256.slice(0, 8), 16));
      }
    }
  };
  visit(archive);
  return sketcher.end();
}
