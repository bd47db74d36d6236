import type { Archive, Entry } from '#core/archive/entry.ts';
import { imagesOf, type Image, type ImagePart } from './image-documents.ts';
import type { ImageTexts } from './image-texts.ts';
import type { Renames } from './renames.ts';

/** The place of a part in its list on both sides, or what it is where these differ. */
function ordinal(what: string, at: number, other: number, count: number): string {
  return at === other && count > 1 ? `${what} ${at + 1}` : what;
}

interface PlacedPair<Part> {
  readonly a: Part;
  readonly b: Part;
  /** From 0. */
  readonly atA: number;
  readonly atB: number;
}

/** Parts that are each other: those of one key first, each side's k-th with the other's, then what is left in order. */
function align<Part extends ImagePart>(a: readonly Part[], b: readonly Part[]): PlacedPair<Part>[] {
  const pairs: PlacedPair<Part>[] = [];
  let left = [[...a.entries()], [...b.entries()]] as const;
  // What is the same blob needs no other part, though another may have its place now.
  for (const keyOf of [({ entry }: Part) => entry.key, ({ key }: Part) => key, () => 'any']) {
    const byKey = new Map<string, [number, Part][]>();
    for (const item of left[1]) {
      const key = keyOf(item[1]);
      byKey.set(key, [...(byKey.get(key) ?? []), item]);
    }
    const next = new Map<string, number>();
    const [restA, usedB]: [[number, Part][], Set<number>] = [[], new Set()];
    for (const [atA, part] of left[0]) {
      const key = keyOf(part);
      const twin = key === '' ? undefined : byKey.get(key)?.[next.get(key) ?? 0];
      if (twin === undefined) {
        restA.push([atA, part]);
        continue;
      }
      next.set(key, (next.get(key) ?? 0) + 1);
      usedB.add(twin[0]);
      pairs.push({ a: part, b: twin[1], atA, atB: twin[0] });
    }
    left = [restA, left[1].filter(([at]) => !usedB.has(at))];
  }
  return pairs;
}

/** Pairs the parts of container images by what each is for: manifest, configuration and layer of one platform. */
class ImagePairs {
  readonly #renames: Renames;
  readonly #isAlone: (entry: Entry) => boolean;

  constructor(renames: Renames, isAlone: (entry: Entry) => boolean) {
    this.#renames = renames;
    this.#isAlone = isAlone;
  }

  images(a: readonly Image[], b: readonly Image[]): void {
    const pairs = align(a, b);
    for (const { a: one, b: other, atA, atB } of pairs) {
      const of =
        one.key !== '' && one.key === other.key ? one.key : ordinal('the image', atA, atB, pairs.length);
      this.#pair(one.entry, other.entry, one.images.length > 0 ? `index of ${of}` : `manifest of ${of}`);
      if (one.config !== undefined && other.config !== undefined) {
        this.#pair(one.config, other.config, `configuration of ${of}`);
      }
      for (const layer of align(one.layers, other.layers)) {
        const what = ordinal('layer', layer.atA, layer.atB, Math.max(one.layers.length, other.layers.length));
        this.#pair(layer.a.entry, layer.b.entry, `${what} of ${of}`);
      }
      this.images(one.images, other.images);
    }
  }

  #pair(a: Entry, b: Entry, role: string): void {
    if (this.#isAlone(a) && this.#isAlone(b)) this.#renames.add({ a, b, by: 'role', detail: role });
  }
}

/**
 * Pairs the members of two archives that hold container images by the part that they play. `isAlone`: which members have
 * no like by name.
 */
export function pairImages(
  a: Archive,
  b: Archive,
  texts: readonly [ImageTexts, ImageTexts],
  isAlone: (entry: Entry) => boolean,
  renames: Renames,
): void {
  const imagesB = imagesOf(b, texts[1]);
  if (imagesB.length === 0) return;
  for (const { kind, images } of imagesOf(a, texts[0])) {
    const other = imagesB.find((one) => one.kind === kind);
    if (other !== undefined) new ImagePairs(renames, isAlone).images(images, other.images);
  }
}
