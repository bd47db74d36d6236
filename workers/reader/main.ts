// The reader: parses one artifact, hostile until the end. No network, no files but two descriptors, no environment.
import { writeSync } from 'node:fs';
import { descriptorSource } from './fd-source.ts';
import { descriptors, type ReaderAnswer, type ReaderRequest } from './protocol.ts';

async function answer(request: ReaderRequest): Promise<unknown> {
  if (request.operation === 'facts') {
    const { readFacts } = await import('#core/archive/archive-facts.ts');
    return readFacts(descriptorSource(descriptors.a, request.size), request.facts);
  }
  const { compareSources } = await import('#core/compare/compare-sources.ts');
  const [sizeA, sizeB] = request.sizes;
  return compareSources(
    descriptorSource(descriptors.a, sizeA),
    descriptorSource(descriptors.b, sizeB),
    request.options,
  );
}

/** Writes all of `bytes` to stdout, also when the pipe is full. */
function writeAll(bytes: Buffer): void {
  for (let at = 0; at < bytes.byteLength;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const request = JSON.parse(process.argv[2] ?? '') as ReaderRequest;
let reply: ReaderAnswer;
try {
  reply = { result: await answer(request) };
} catch (error) {
  reply = { error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 1000) : 'unknown' };
}
writeAll(Buffer.from(JSON.stringify(reply)));
