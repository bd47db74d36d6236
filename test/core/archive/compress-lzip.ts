import { crc32 } from 'node:zlib';
import { compressXz } from './compress-xz.ts';

/** A member of lzip, as its manual has it, around what the real xz makes of `data`. */
export function compressLzip(data: Buffer | string, dictionaryLog = 16): Buffer {
  const stream = compressXz(data, '--format=raw', `--lzma1=dict=${2 ** dictionaryLog}`);
  const trailer = Buffer.alloc(20);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeBigUInt64LE(BigInt(Buffer.byteLength(data)), 4);
  trailer.writeBigUInt64LE(BigInt(6 + stream.byteLength + 20), 12);
  return Buffer.concat([Buffer.from('LZIP'), Buffer.of(1, dictionaryLog), stream, trailer]);
}
