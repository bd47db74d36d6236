import { readArchiveFacts } from '../reader/read-archive-facts.ts';
import type { ReadArchive } from '../ecosystems/archive-facts.ts';

/** A reader child for each archive: nothing of it is parsed in this process. */
export const readArchive: ReadArchive = (path, texts, signal) =>
  readArchiveFacts(path, { texts, nestedDigests: true }, { signal });
