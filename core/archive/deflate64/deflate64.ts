import type { DeflateVariant } from './decoder.ts';

/**
 * Deflate64 ("enhanced deflate", method 9 of a zip), as PKZIP made it and infback9 of zlib reads it: a window of 64 KiB,
 * for which two more distances are used, and one length of 16 bits more in place of the longest of deflate.
 */
export const deflate64: DeflateVariant = {
  windowBytes: 65_536,
  lengthBases: [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 3,
  ],
  lengthBits: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16],
  distanceBases: [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12_289, 16_385, 24_577, 32_769, 49_153,
  ],
  distanceBits: [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14,
  ],
};
