/** A piece of what a container wrote. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerBytes = 8;
const frameBytesMax = 16 * 1024 ** 2;

/**
 * Takes the two streams of a container apart, pulled by the reader, so that a slow reader holds the container back
 * instead of filling our memory. Frame: type (1 stdout, 2 stderr), three zero bytes, size as big-endian 32 bit
 * (Docker Engine API, "Stream format" of ContainerAttach).
 * @throws RangeError on a frame that is not of that form
 */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let header = Buffer.alloc(0);
  let left = 0;
  let name: Frame['stream'] = 'stdout';
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        const bytes = rest.subarray(0, left);
        rest = rest.subarray(bytes.length);
        left -= bytes.length;
        yield { stream: name, bytes };
        continue;
      }
      const missing = headerBytes - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerBytes) continue;
      const type = header.readUInt8(0);
      left = header.readUInt32BE(4);
      if ((type !== 1 && type !== 2) || left > frameBytesMax) {
        throw new RangeError(`not a frame of a container's output: ${header.toString('hex')}`);
      }
      name = type === 1 ? 'stdout' : 'stderr';
      header = Buffer.alloc(0);
    }
  }
}
