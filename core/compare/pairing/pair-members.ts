import type { ByteSource } from '#core/archive/byte-source.ts';
import type { DecodedStreams } from '#core/archive/decoded-streams.ts';
import { isStream, type Archive, type ContentFacts, type Entry } from '#core/archive/entry.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import type { Cut } from '#schemas/cut.ts';
import type { ImageTexts } from './image-texts.ts';
import { matchSketches, sketchedMax, type Sketched } from './match-sketches.ts';
import { matchNames } from './members-by-name.ts';
import { compareText } from './name-order.ts';
import { NameShapes } from './name-shape.ts';
import { AlonePairs, innermost } from './pair-alone.ts';
import { pairImages } from './pair-images.ts';
import { readSketches, sketchedBytesMax } from './read-sketches.ts';
import { Renames } from './renames.ts';
import { sketchArchive } from './sketch-archive.ts';
import type { Sketch } from './sketch.ts';

/** One side of a comparison, as it was read. */
export interface ReadSide {
  readonly source: ByteSource;
  readonly archive: Archive | undefined;
  readonly texts: ImageTexts;
  readonly decoded: DecodedStreams;
}

/** Bytes of one file's contents that are sketched. */
const sketchBytesMax = 64 * 1024 ** 2;
/** What has fewer bytes has too few pieces to be like another. */
const sketchBytesMin = 16;

const cut: Cut = {
  kind: 'uninspected',
  detail: `of contents without a counterpart at most ${sketchedMax} a file were compared with each other`,
};

/** Finds the members of two files that are each other under another name. */
class Pairing {
  readonly renames = new Renames();
  /** What is left of archives of which both have something left. */
  readonly open: AlonePairs[] = [];
  readonly #shapes = new NameShapes();
  readonly #texts: readonly [ImageTexts, ImageTexts];

  constructor(texts: readonly [ImageTexts, ImageTexts]) {
    this.#texts = texts;
  }

  archives(a: Archive | undefined, b: Archive | undefined): void {
    if (a === undefined || a.format !== b?.format) return;
    if (isStream(a.format)) {
      this.#contents(a.entries[0]?.content, b.entries[0]?.content);
      return;
    }
    const { pairs, aloneA, aloneB } = matchNames(a, b);
    for (const [one, other] of pairs) this.#contents(one.content, other.content);
    if (aloneA.length === 0 || aloneB.length === 0) return;
    const alone = new Set([...aloneA, ...aloneB]);
    pairImages(a, b, this.#texts, (entry) => alone.has(entry), this.renames);
    const found = new AlonePairs({ a: aloneA, b: aloneB }, this.renames, this.#shapes);
    // What is known of an image says more than what is the same in many of its folders.
    found.byFolder();
    found.bySameContent();
    found.byFolder();
    found.byName();
    this.#byMembers(found);
    found.byFolder();
    const { a: leftA, b: leftB } = found.left;
    if (leftA.length > 0 && leftB.length > 0) this.open.push(found);
    for (const one of aloneA) {
      const rename = this.renames.of(one);
      if (rename !== undefined) this.#contents(one.content, rename.b.content);
    }
  }

  #contents(a: ContentFacts | undefined, b: ContentFacts | undefined): void {
    if (a?.sha256 !== b?.sha256) this.archives(a?.archive, b?.archive);
  }

  /** Archives that hold much of the same. */
  #byMembers(found: AlonePairs): void {
    const sketched = (entries: readonly Entry[]) =>
      entries.slice(0, sketchedMax).flatMap((entry): Sketched[] => {
        const archive = innermost(entry)?.content.archive;
        return archive === undefined ? [] : [{ entry, sketch: sketchArchive(archive) }];
      });
    const { a, b } = found.left;
    matchSketches(sketched(a), sketched(b), this.renames);
  }
}

interface Target {
  readonly entry: Entry;
  readonly id: string;
  readonly size: number;
}

/** Contents that can be sketched, the smallest first, within bounds. */
function targetsOf(entries: readonly Entry[]): { targets: Target[]; cut: boolean } {
  const all = entries.flatMap((entry): Target[] => {
    const inner = entry.type === 'file' ? innermost(entry) : undefined;
    if (inner === undefined || inner.content.archive !== undefined) return [];
    const { size } = inner.content;
    return size < sketchBytesMin ? [] : [{ entry, id: inner.id, size }];
  });
  all.sort((one, other) => one.size - other.size || compareText(one.entry.key, other.entry.key));
  let left = sketchBytesMax;
  const targets = all.slice(0, sketchedMax).filter(({ size }) => {
    left -= Math.min(size, sketchedBytesMax);
    return left >= 0;
  });
  return { targets, cut: targets.length < all.length };
}

/**
 * Finds members of two files that are each other under another name: by the part that they play in a container image, by
 * content, by folder, by names that differ by values alone, and by contents that have much in common, for which both files
 * are read once more. Symmetric, and the same whatever order the members stand in. `cut` says where a bound was reached.
 */
export async function pairMembers(
  a: ReadSide,
  b: ReadSide,
  limits: ReadLimits,
): Promise<{ renames: Renames; cut: Cut[] }> {
  const pairing = new Pairing([a.texts, b.texts]);
  pairing.archives(a.archive, b.archive);
  const { renames, open } = pairing;
  const sides = [a, b].map((side, index) => {
    const left = open.flatMap((found) => (index === 0 ? found.left.a : found.left.b));
    return { side, ...targetsOf(left) };
  });
  const [one, other] = sides;
  if (one === undefined || other === undefined || one.targets.length === 0 || other.targets.length === 0)
    return { renames, cut: [] };
  const sketches: Map<Entry, Sketch>[] = [];
  for (const { side, targets } of sides) {
    const sizes = new Map(targets.map(({ id, size }) => [id, size]));
    const found = await readSketches(side.source, limits, sizes, side.decoded);
    sketches.push(
      new Map(
        targets.flatMap(({ entry, id }) => {
          const sketch = found.get(id);
          return sketch === undefined ? [] : [[entry, sketch] as const];
        }),
      ),
    );
  }
  const sketched = (entries: readonly Entry[], of: Map<Entry, Sketch> | undefined) =>
    entries.flatMap((entry): Sketched[] => {
      const sketch = of?.get(entry);
      return sketch === undefined ? [] : [{ entry, sketch }];
    });
  let isCut = one.cut || other.cut;
  for (const found of open) {
    const { a: leftA, b: leftB } = found.left;
    isCut = matchSketches(sketched(leftA, sketches[0]), sketched(leftB, sketches[1]), renames) || isCut;
    found.byFolder();
  }
  return { renames, cut: isCut ? [cut] : [] };
}
