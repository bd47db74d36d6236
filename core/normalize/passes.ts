import { arForm } from './passes/ar-form.ts';
import { arOwner } from './passes/ar-owner.ts';
import { arTimes } from './passes/ar-times.ts';
import { bzip2Compression } from './passes/bzip2-compression.ts';
import { gzipCompression } from './passes/gzip-compression.ts';
import { gzipHeader } from './passes/gzip-header.ts';
import { gzipTime } from './passes/gzip-time.ts';
import { jarManifestOrder } from './passes/jar-manifest-order.ts';
import { javadocDate } from './passes/javadoc-date.ts';
import { lzipCompression } from './passes/lzip-compression.ts';
import { lzmaCompression } from './passes/lzma-compression.ts';
import type { Pass } from './pass.ts';
import { propertiesDate } from './passes/properties-date.ts';
import { pythonBytecodeHeader } from './passes/python-bytecode-header.ts';
import { recordFile } from './passes/record-file.ts';
import { tarEnd } from './passes/tar-end.ts';
import { tarExtensions } from './passes/tar-extensions.ts';
import { tarHeader } from './passes/tar-header.ts';
import { tarOrder } from './passes/tar-order.ts';
import { tarOwner } from './passes/tar-owner.ts';
import { tarTimes } from './passes/tar-times.ts';
import { xzCompression } from './passes/xz-compression.ts';
import { zipComment } from './passes/zip-comment.ts';
import { zipCompression } from './passes/zip-compression.ts';
import { zipEnd } from './passes/zip-end.ts';
import { zipExtra } from './passes/zip-extra.ts';
import { zipHeader } from './passes/zip-header.ts';
import { zipOrder } from './passes/zip-order.ts';
import { zipSystem } from './passes/zip-system.ts';
import { zipTimes } from './passes/zip-times.ts';
import { zstdCompression } from './passes/zstd-compression.ts';

/**
 * All normalising passes, by format; `equivalent` rests on these and nothing else. No two touch the same, so that their
 * order decides nothing.
 */
export const passes: readonly Pass[] = [
  zipTimes,
  zipOrder,
  zipCompression,
  zipHeader,
  zipExtra,
  zipEnd,
  zipSystem,
  zipComment,
  tarTimes,
  tarOrder,
  tarOwner,
  tarHeader,
  tarExtensions,
  tarEnd,
  arTimes,
  arOwner,
  arForm,
  gzipTime,
  gzipHeader,
  gzipCompression,
  bzip2Compression,
  zstdCompression,
  xzCompression,
  lzmaCompression,
  lzipCompression,
  recordFile,
  jarManifestOrder,
  pythonBytecodeHeader,
  propertiesDate,
  javadocDate,
];
