import type { Purpose } from '#core/archive/reading.ts';

/** Names that the documents of a container image have: index, manifests and configurations, blobs named by digest. */
const documentName =
  /(?:^|\/)(?:oci-layout|index\.json|manifest\.json|[0-9a-f]{64}\.json|blobs\/sha(?:256\/[0-9a-f]{64}|512\/[0-9a-f]{128}))$/;

const documentBytesMax = 1024 ** 2;
const allBytesMax = 8 * 1024 ** 2;
const documentsMax = 2000;

/**
 * The texts of contents that may be documents of a container image, kept while the file is read for the first time: who
 * pairs the parts of an image needs what its manifests say. Bounded; what does not fit is not kept.
 */
export class ImageTexts {
  readonly #kept = new Map<string, Buffer[]>();
  #left = allBytesMax;

  /** `purpose`, with the documents kept as they stream by. */
  keeping(purpose: Purpose): Purpose {
    return {
      ...purpose,
      tap: ({ id, path }) => {
        if (!documentName.test(path.at(-1) ?? '') || this.#kept.size >= documentsMax) return undefined;
        const pieces: Buffer[] = [];
        let size = 0;
        this.#kept.set(id, pieces);
        return (bytes, offset) => {
          // `{` or `[`: a layer is no document.
          const isDocument = offset > 0 ? this.#kept.has(id) : bytes[0] === 0x7b || bytes[0] === 0x5b;
          size += bytes.byteLength;
          if (!isDocument || size > documentBytesMax || bytes.byteLength > this.#left) {
            for (const piece of this.#kept.get(id) ?? []) this.#left += piece.byteLength;
            this.#kept.delete(id);
            return;
          }
          this.#left -= bytes.byteLength;
          pieces.push(Buffer.from(bytes));
        };
      },
    };
  }

  /** What the content at this place says as JSON; undefined where it was not kept or is none. */
  json(id: string): unknown {
    const pieces = this.#kept.get(id);
    if (pieces === undefined) return undefined;
    try {
      return JSON.parse(Buffer.concat(pieces).toString('utf8'));
    } catch {
      return undefined;
    }
  }
}
