import type { Entry } from '#core/archive/entry.ts';
import type { Pass } from '../pass.ts';

/** The type bits of a regular file. */
const regularFile = 0o100000;

/** Permissions of what is a plain file, whether or not the mode says that it is one. */
function plainPermissions(mode: string | null | undefined): number | undefined {
  const value = Number.parseInt(mode ?? '', 8);
  return (value & ~0o7777) === 0 || (value & ~0o7777) === regularFile ? value & 0o7777 : undefined;
}

/** The name as it is, or with GNU's slash behind it. */
function spellsName(headerName: string | null | undefined, entry: Entry | undefined): boolean {
  return entry !== undefined && (headerName === entry.key || headerName === `${entry.key}/`);
}

export const arForm: Pass = {
  id: 'ar-form',
  title: 'Spelling of ar headers: the slash behind a name, the type bits of a plain file',
  risk: 'A reader that takes the slash for a part of the name sees another name.',
  touches: { formats: ['ar'], fields: ['header_name', 'mode'] },
  setsAside({ field, a, b, entryA, entryB }) {
    if (field === 'header_name') return spellsName(a, entryA) && spellsName(b, entryB) ? 32 : undefined;
    const permissions = plainPermissions(a);
    return permissions !== undefined && permissions === plainPermissions(b) ? 16 : undefined;
  },
};
