import { noise } from './noise.ts';

/** `count` streams, each one of `streams` with a few of its bytes changed, taken out or put in; the same each time. */
export function changedStreams(streams: readonly Buffer[], count: number, seed: string): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const random = noise(32, `${seed} ${index}`);
    const stream = Buffer.from(streams[index % streams.length] ?? '');
    // Headers are short: every other change is made near the beginning or the end.
    const at = (bytes: number): number => {
      const place = random.readUInt32LE(bytes);
      const near = place % 4;
      const within = Math.min(stream.byteLength, near < 2 ? stream.byteLength : 40);
      const offset = Math.floor(place / 4) % Math.max(within, 1);
      return near === 3 ? stream.byteLength - 1 - offset : offset;
    };
    switch ((random[0] ?? 0) % 6) {
      case 0:
        return stream.subarray(0, at(4));
      case 1:
        return Buffer.concat([stream.subarray(0, at(4)), stream.subarray(at(4) + 1)]);
      case 2:
        return Buffer.concat([stream.subarray(0, at(4)), random.subarray(20, 22), stream.subarray(at(4))]);
      default:
        for (const bytes of [4, 8].slice(0, 1 + ((random[1] ?? 0) & 1)))
          stream[at(bytes)] = random[bytes + 12] ?? 0;
        return stream;
    }
  });
}
