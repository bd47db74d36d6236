import type { Pass } from '../pass.ts';

/** The width of a header's time field. */
const fieldBytes = 12;

export const arTimes: Pass = {
  id: 'ar-times',
  title: 'Times of ar members (.deb, static libraries)',
  risk: 'A linker that compares the times of a static library with its symbol table could warn.',
  touches: { formats: ['ar'], fields: ['mtime'] },
  setsAside: () => 2 * fieldBytes,
};
