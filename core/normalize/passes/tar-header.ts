import type { Pass } from '../pass.ts';
import { spellingBytes } from '../tar-form.ts';

const magics = new Set(['ustar', 'gnu', 'v7']);
/** Two spellings of "a plain file"; a name with a slash at its end makes the older one a directory. */
const plainFile = new Set(['0', '0x00']);

export const tarHeader: Pass = {
  id: 'tar-header',
  title: 'Spelling of tar headers: their version, padding of numbers, how a name is split',
  risk: 'A reader that knows one version alone refuses the other, or cuts a name that only the other can hold.',
  touches: { formats: ['tar'], fields: ['form', 'magic', 'type'] },
  setsAside({ field, a = null, b = null, entryA, entryB }) {
    if (field === 'form') {
      // A device's numbers are its content.
      const device = [entryA, entryB].some((entry) => entry === undefined || entry.type === 'device');
      return device ? undefined : spellingBytes(a, b);
    }
    if (a === null || b === null) return undefined;
    if (field === 'magic') return magics.has(a) && magics.has(b) ? 16 : undefined;
    const file = [entryA, entryB].every((entry) => entry?.name.endsWith('/') === false);
    return file && plainFile.has(a) && plainFile.has(b) ? 2 : undefined;
  },
};
