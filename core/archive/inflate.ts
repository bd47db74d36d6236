import { constants, createInflateRaw, type InflateRaw, type ZstdDecompress } from 'node:zlib';
import type { Cursor } from './cursor.ts';

/** A compressed stream that breaks its rules or ends early. */
export class InflateError extends Error {}

export const outputChunkBytes = 65_536;
const inputChunkBytes = 65_536;

/**
 * Decodes the compressed stream at `input` by one of Node's engines, piece by piece. When `pull` answered undefined,
 * `input` stands right behind the stream's last byte.
 */
export class Decoder {
  /** Bytes of `input` that the stream took so far. */
  consumed = 0;
  readonly #input: Cursor;
  readonly #onCompressed: ((bytes: Uint8Array) => void) | undefined;
  readonly #engine: InflateRaw | ZstdDecompress;
  #state: 'idle' | 'writing' | 'ending' = 'idle';
  #ended = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  constructor(
    engine: InflateRaw | ZstdDecompress,
    input: Cursor,
    onCompressed?: (bytes: Uint8Array) => void,
  ) {
    this.#engine = engine;
    this.#input = input;
    this.#onCompressed = onCompressed;
    const wake = () => this.#wake();
    this.#engine.on('readable', wake);
    this.#engine.on('end', () => {
      this.#ended = true;
      wake();
    });
    this.#engine.on('error', (error) => {
      this.#error = error;
      wake();
    });
  }

  /** The next decoded bytes; undefined at the end. @throws InflateError */
  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw new InflateError(this.#error.message);
      const out = this.#engine.read() as Uint8Array | null;
      if (out !== null) return out;
      if (this.#ended && this.#state !== 'writing') return undefined;
      if (this.#state === 'idle') await this.#feed();
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#engine.destroy();
  }

  async #feed(): Promise<void> {
    const chunk = await this.#input.peekSome(inputChunkBytes);
    if (chunk === undefined) {
      this.#state = 'ending';
      this.#engine.end();
      return;
    }
    this.#state = 'writing';
    const before = this.#engine.bytesWritten;
    this.#engine.write(chunk, () => {
      const used = this.#engine.bytesWritten - before;
      this.#onCompressed?.(chunk.subarray(0, used));
      this.#input.advance(used);
      this.consumed += used;
      this.#state = 'idle';
      this.#wake();
    });
  }
}

/** A decoder of a deflate stream, RFC 1951. */
export function rawInflate(input: Cursor, onCompressed?: (bytes: Uint8Array) => void): Decoder {
  return new Decoder(createInflateRaw({ chunkSize: outputChunkBytes }), input, onCompressed);
}

/* oxlint-disable no-underscore-dangle -- they are Node's names, used so by npm's own minizlib, too */
/** What Node's own streams call for a piece that is at hand; zlib engines are made to be reset. */
interface SyncEngine {
  _processChunk(chunk: Uint8Array, flush: number): Buffer;
  _handle: { close(): void } | null;
  readonly bytesWritten: number;
  reset(): void;
  removeAllListeners(event: 'error'): void;
}

interface Engine {
  readonly zlib: SyncEngine;
  readonly handle: SyncEngine['_handle'];
  close(): void;
}

let engine: Engine | undefined;

/** One engine for all small streams: making one takes five times as long as decoding some hundred bytes. */
function openEngine(): Engine {
  const options = { chunkSize: outputChunkBytes, maxOutputLength: smallBytesMax };
  const zlib = createInflateRaw(options) as unknown as SyncEngine;
  const handle = zlib._handle;
  const close = handle?.close.bind(handle);
  // It closes its handle behind each piece.
  if (handle !== null) handle.close = () => {};
  return { zlib, handle, close: () => close?.() };
}

/** Longest content that `inflateSmall` decodes. */
export const smallBytesMax = 1024 ** 2;

/**
 * A whole deflate stream held in memory, with `bytes` valid until the next call. Undefined where it breaks the rules, ends
 * early or decodes to more than `smallBytesMax`: the streaming reader then says which.
 */
export function inflateSmall(compressed: Uint8Array): { bytes: Uint8Array; consumed: number } | undefined {
  engine ??= openEngine();
  const { zlib, handle } = engine;
  try {
    zlib._handle = handle;
    zlib.reset();
    const bytes = zlib._processChunk(compressed, constants.Z_FINISH);
    zlib.removeAllListeners('error');
    return { bytes, consumed: zlib.bytesWritten };
  } catch {
    // After a fault it is of no more use.
    engine.close();
    engine = undefined;
    return undefined;
  }
}
