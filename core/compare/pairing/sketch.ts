/** Distinct features that a sketch keeps: the smallest, which are a fair sample of all. */
const featuresMax = 128;
const gatheredMax = 8 * featuresMax;

/** Shorter pieces (a bracket, an empty line) say nothing. */
const pieceMin = 4;
const pieceMax = 256;
/** Of the rolling hash: a piece ends where these bits are zero, on average after 64 bytes. */
const boundaryBits = 0x3f << 20;

/** Spreads all bits of a 32-bit number over all of them (the finalizer of MurmurHash3). */
function mix(number: number): number {
  let mixed = number ^ (number >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A fixed number for each byte, for the rolling hash. */
const gear = Int32Array.from({ length: 256 }, (_, byte) => mix((byte + 1) * 0x9e3779b1));

/** Some of the features of a content, ascending and distinct: the same of the same content. */
export type Sketch = Uint32Array;

/** Gathers the smallest features of a content or of an archive. */
export class Sketcher {
  #gathered = new Uint32Array(64);
  #count = 0;
  #limit = 0xffffffff;
  #rolling = 0;
  #piece = 0;
  #length = 0;

  /** Adds a feature: any number that stands for a part of what is sketched. */
  addFeature(number: number): void {
    const feature = mix(number);
    if (feature > this.#limit) return;
    if (this.#count === this.#gathered.length) {
      if (this.#count < gatheredMax) {
        const larger = new Uint32Array(2 * this.#count);
        larger.set(this.#gathered);
        this.#gathered = larger;
      } else this.#prune();
    }
    this.#gathered[this.#count] = feature;
    this.#count += 1;
  }

  /**
   * Adds bytes of a content. It is cut into pieces behind line ends and where a hash of the last 32 bytes says so, so that
   * what is put in or taken out changes the pieces around it alone.
   */
  add(bytes: Uint8Array): void {
    let [rolling, piece, length] = [this.#rolling, this.#piece, this.#length];
    for (let at = 0; at < bytes.byteLength; at += 1) {
      const byte = bytes[at] ?? 0;
      rolling = (rolling << 1) + (gear[byte] ?? 0);
      piece = Math.imul(piece ^ byte, 0x01000193);
      length += 1;
      if (byte !== 0x0a && (rolling & boundaryBits) !== 0 && length < pieceMax) continue;
      if (length >= pieceMin) this.addFeature(piece);
      [piece, length] = [0, 0];
    }
    [this.#rolling, this.#piece, this.#length] = [rolling | 0, piece, length];
  }

  end(): Sketch {
    if (this.#length >= pieceMin) this.addFeature(this.#piece);
    this.#length = 0;
    this.#prune();
    return this.#gathered.slice(0, this.#count);
  }

  #prune(): void {
    const sorted = this.#gathered.subarray(0, this.#count).sort();
    let kept = 0;
    for (let at = 0; at < sorted.length && kept < featuresMax; at += 1) {
      if (at > 0 && sorted[at] === sorted[at - 1]) continue;
      const feature = sorted[at] ?? 0;
      sorted[kept] = feature;
      kept += 1;
    }
    this.#count = kept;
    if (kept === featuresMax) this.#limit = sorted[kept - 1] ?? this.#limit;
  }
}

/** Fewer features in common say nothing. */
const sharedMin = 2;

/**
 * How much of two contents is the same, 0 to 100, as far as their sketches tell: twice what they share by what they have.
 * Symmetric. 0 where too little is shared to say.
 */
export function similarity(a: Sketch, b: Sketch): number {
  let [at, other, shared, seen] = [0, 0, 0, 0];
  const full = a.length === featuresMax || b.length === featuresMax;
  const sample = full ? featuresMax : Number.POSITIVE_INFINITY;
  // The smallest of the features of both together: each of them stands in both sketches if both contents have it.
  while ((at < a.length || other < b.length) && seen < sample) {
    const [one, two] = [a[at] ?? Infinity, b[other] ?? Infinity];
    if (one === two) shared += 1;
    if (one <= two) at += 1;
    if (two <= one) other += 1;
    seen += 1;
  }
  if (shared < sharedMin) return 0;
  return Math.floor((200 * shared) / (seen + shared));
}
