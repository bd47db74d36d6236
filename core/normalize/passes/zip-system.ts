import type { Pass } from '../pass.ts';

/** Systems whose attributes readers take in the same way, APPNOTE.TXT 4.4.2: MS-DOS, NTFS, VFAT; Unix, macOS. */
const families: readonly ReadonlySet<number>[] = [new Set([0, 10, 14]), new Set([3, 19])];

function isPlain(mode: string | undefined): boolean {
  const value = Number.parseInt(mode ?? '', 8);
  return [0, 0o100000, 0o040000].includes(value & ~0o777) && ((value & 0o111) === 0 || value >> 12 === 4);
}

export const zipSystem: Pass = {
  id: 'zip-system',
  title: 'The system that a zip says it was made on, where attributes mean the same on both',
  risk: 'A reader with rules of its own for one of the systems; it passes for no executable file, and never from Windows to Unix.',
  touches: { formats: ['zip'], fields: ['create_system'] },
  setsAside({ a, b, entryA, entryB }) {
    const [systemA, systemB] = [a, b].map((value) => Number.parseInt(value ?? '', 10));
    if (systemA === undefined || systemB === undefined) return undefined;
    if (!families.some((family) => family.has(systemA) && family.has(systemB))) return undefined;
    const [one, other] = [entryA?.fields ?? {}, entryB?.fields ?? {}];
    const agree = one['mode'] === other['mode'] && one['dos_attributes'] === other['dos_attributes'];
    return agree && isPlain(one['mode']) ? 2 : undefined;
  },
};
