import { arTimes } from './passes/ar-times.ts';
import { gzipTime } from './passes/gzip-time.ts';
import type { Pass } from './pass.ts';
import { recordFile } from './passes/record-file.ts';
import { tarTimes } from './passes/tar-times.ts';
import { zipTimes } from './passes/zip-times.ts';

/** All normalising passes, in the order in which they are asked; `equivalent` rests on these and nothing else. */
export const passes: readonly Pass[] = [zipTimes, tarTimes, arTimes, gzipTime, recordFile];
