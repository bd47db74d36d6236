import { memorySource } from '#core/archive/byte-source.ts';
import type { Archive } from '#core/archive/entry.ts';
import { defaultReadLimits, type ReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace, type Purpose } from '#core/archive/reading.ts';

/** Reads a file that is one compressed stream: what it decodes to, in the pieces in which it came, and what is told of it. */
export async function decode(bytes: Buffer, limits: Partial<ReadLimits> = {}) {
  const pieces: Buffer[] = [];
  const purpose: Purpose = {
    digest: true,
    wanted: () => true,
    tap: () => (piece) => void pieces.push(Buffer.from(piece)),
  };
  const reading = startReading({ ...defaultReadLimits, ...limits }, purpose);
  const archive: Archive | undefined = await readFile(reading, rootPlace, memorySource(bytes));
  return { archive, content: Buffer.concat(pieces), pieces, findings: reading.findings };
}
