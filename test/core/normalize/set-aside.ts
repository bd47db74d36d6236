import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { CompareOptions } from '#core/compare/options.ts';

/** What a comparison of two files set aside, in short, and the differences that it left. */
export async function setAside(a: Buffer, b: Buffer, options: CompareOptions = {}) {
  const { result, passes, differences } = await compareSources(memorySource(a), memorySource(b), options);
  return {
    result,
    uses: passes.map(({ id, fields, bytes }) => `${id}: ${fields.join(' ')}, ${bytes} bytes`),
    left: differences
      .filter(({ pass }) => pass === undefined)
      .map(({ kind, field, path }) => `${path.join(' › ')} ${field ?? kind}`.trim()),
  };
}

/** A copy with bytes put in place. */
export function withBytes(bytes: Buffer, at: number, values: Uint8Array | string): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(typeof values === 'string' ? Buffer.from(values, 'latin1') : values, at);
  return copy;
}

/** A tar with bytes of the header at `start` replaced and its checksum mended. */
export function withHeader(tar: Buffer, start: number, at: number, values: Uint8Array | string): Buffer {
  const copy = withBytes(tar, start + at, values);
  copy.fill(' ', start + 148, start + 156);
  const sum = copy.subarray(start, start + 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, start + 148, 'latin1');
  return copy;
}
