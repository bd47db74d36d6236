import type { Part } from '#schemas/comparison.ts';
import type { Inspector } from '../inspector.ts';

const headerBytes = 16;

interface Header {
  readonly magic: string;
  readonly flags: string;
  readonly source: string;
}

/** A .pyc's first 16 bytes: magic, flags, then time and size of the source, or its hash. PEP 552. */
function readHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.byteLength < headerBytes) return undefined;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, headerBytes);
  const flags = header.readUInt32LE(4);
  return {
    magic: String(header.readUInt16LE(0)),
    flags: `0x${flags.toString(16)}`,
    source:
      (flags & 1) === 1
        ? `hash ${header.toString('hex', 8, 16)}`
        : `${new Date(header.readUInt32LE(8) * 1000).toISOString()}, ${header.readUInt32LE(12)} bytes`,
  };
}

export const pythonBytecode: Inspector = {
  id: 'python-bytecode',
  title: 'Python bytecode: the fields of its header, and its code',
  recognises: (name, head) => (name === '' || name.endsWith('.pyc')) && head[2] === 0x0d && head[3] === 0x0a,
  inspect(a, b, work) {
    const [headerA, headerB] = [readHeader(a), readHeader(b)];
    if (headerA === undefined || headerB === undefined) return undefined;
    work.spend(a.byteLength + b.byteLength);
    const parts: Part[] = [];
    for (const field of ['magic', 'flags', 'source'] as const) {
      if (headerA[field] === headerB[field]) continue;
      parts.push({ kind: 'changed', name: `header ${field}`, a: headerA[field], b: headerB[field] });
    }
    if (Buffer.compare(a.subarray(headerBytes), b.subarray(headerBytes)) !== 0) {
      const sizes = [a, b].map(({ byteLength }) => `${byteLength - headerBytes} bytes`);
      parts.push({
        kind: 'changed',
        name: 'code',
        a: sizes[0] ?? null,
        b: sizes[1] ?? null,
        offset: headerBytes,
      });
    }
    return { parts, complete: true };
  },
};
