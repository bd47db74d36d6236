import { execFileSync } from 'node:child_process';

/** How Python's own modules, over the C libraries, decode one whole stream. */
const decoders = {
  lzma: 'import lzma; new = lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE)',
  xz: 'import lzma; new = lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ)',
  bzip2: 'import bz2; new = bz2.BZ2Decompressor',
} as const;

const script = `
import hashlib, struct, sys
data = sys.stdin.buffer.read()
at = 0
while at < len(data):
    size = struct.unpack_from('<I', data, at)[0]
    stream = data[at + 4:at + 4 + size]
    at += 4 + size
    decoder = new()
    try:
        out = decoder.decompress(stream)
        whole = decoder.eof and not decoder.unused_data
        print(hashlib.sha256(out).hexdigest() if whole else '-')
    except Exception:
        print('-')
`;

/** For each stream the sha256 of what the C library decodes it to; undefined where it refuses it, or it is not one whole stream. */
export function decodedByPython(
  format: keyof typeof decoders,
  streams: readonly Buffer[],
): (string | undefined)[] {
  const input = streams.flatMap((stream) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(stream.byteLength);
    return [size, stream];
  });
  const out = execFileSync('python3', ['-c', `${decoders[format]}\n${script}`], {
    input: Buffer.concat(input),
    maxBuffer: 64 * 1024 ** 2,
  });
  return out
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => (line === '-' ? undefined : line));
}
