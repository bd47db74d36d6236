import { arMagic } from './ar/header.ts';
import { levelOf } from './bzip2/magic.ts';
import type { ArchiveFormat } from './entry.ts';
import { looksLikeLzma } from './lzma/header.ts';
import { lzipMagic } from './lzma/lzip-magic.ts';
import { headerChecksumHolds } from './tar/header.ts';
import { xzMagic } from './xz/container.ts';

/** How many leading bytes `detect` looks at. */
export const detectBytes = 512;

/** The archive that these leading bytes begin, by its magic numbers; a tar without `ustar` by its checksum. */
export function detect(head: Uint8Array): ArchiveFormat | undefined {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x50 && b === 0x4b && isZip(head.subarray(2, 8))) return 'zip';
  // A skippable frame may come first (RFC 8878, 3.1.2).
  if (b === 0xb5 && c === 0x2f && d === 0xfd && a === 0x28) return 'zstd';
  if (a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  if (startsWith(head, arMagic)) return 'ar';
  if (startsWith(head, xzMagic)) return 'xz';
  if (levelOf(head) !== undefined) return 'bzip2';
  if (startsWith(head, lzipMagic)) return 'lzip';
  if (head.byteLength >= 512 && headerChecksumHolds(head)) return 'tar';
  if (looksLikeLzma(head)) return 'lzma';
  return undefined;
}

/** What stands behind `PK`: a member, an end, or a mark of a part of several (APPNOTE.TXT 8.5.3) and a member behind it. */
function isZip([c, d, ...rest]: Uint8Array): boolean {
  if ((c === 3 && d === 4) || (c === 5 && d === 6)) return true;
  if (!((c === 7 && d === 8) || (c === 0x30 && d === 0x30))) return false;
  return rest[0] === 0x50 && rest[1] === 0x4b && rest[2] === 3 && rest[3] === 4;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes[0] !== start[0]) return false;
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, start.byteLength)).equals(
    start,
  );
}

/** Names of files that are zips, whatever bytes come first (a launcher may stand before the first record). */
export const zipName = /\.(?:whl|zip|jar|war|ear|nupkg|egg|pyz|vsix|apk)$/i;
