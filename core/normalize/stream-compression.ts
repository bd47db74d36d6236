import type { StreamFormat } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';

/** Whether each side is one member (frame, stream) with its content, and nothing is skipped or comes behind. */
export function isAlone({ archiveA, archiveB }: Delta, format: StreamFormat): boolean {
  const another = new RegExp(`^${format}(?:\\d+_|_skipped$|_after$)`);
  return [archiveA, archiveB].every(
    (archive) => archive !== undefined && !Object.keys(archive.fields).some((name) => another.test(name)),
  );
}

/** `12 bytes, sha256 …`: how many. Undefined where the value says nothing of the kind. */
export function storedBytes(value: string | null | undefined): number | undefined {
  const match = /^([0-9]{1,15}) bytes, sha256 [0-9a-f]{64}$/.exec(value ?? '');
  return match === null ? undefined : Number(match[1]);
}

/**
 * Bytes of both sides of another compressed form of the same content. A field that only stands within the stream adds
 * none: the stream, which then differs too, is counted as a whole.
 */
export function compressedBytes(delta: Delta, format: StreamFormat, streamField: string): number | undefined {
  if (!isAlone(delta, format)) return undefined;
  if (delta.field !== streamField) return 0;
  const [a, b] = [storedBytes(delta.a), storedBytes(delta.b)];
  return a === undefined || b === undefined ? undefined : a + b;
}
