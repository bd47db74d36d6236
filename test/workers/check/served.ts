import { createHash } from 'node:crypto';
import type { Served } from '#schemas/gateway.ts';

/** An answer with `text` as its body. */
export function servedOf(path: string, text: string, over: Partial<Served> = {}): Served {
  return {
    method: 'GET',
    path,
    status: 200,
    contentType: 'application/octet-stream',
    size: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
    kind: 'file',
    project: 'thing',
    version: '1.0',
    at: '2026-11-22T12:00:00Z',
    ...over,
  };
}
