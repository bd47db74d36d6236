import { arTimes } from './ar-times.ts';
import { gzipTime } from './gzip-time.ts';
import type { Pass } from './pass.ts';
import { recordFile } from './record-file.ts';
import { tarTimes } from './tar-times.ts';
import { zipTimes } from './zip-times.ts';

/** All normalising passes, in the order in which they are asked; `equivalent` rests on these and nothing else. */
export const passes: readonly Pass[] = [zipTimes, tarTimes, arTimes, gzipTime, recordFile];
