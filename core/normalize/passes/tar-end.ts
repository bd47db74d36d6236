import type { Pass } from '../pass.ts';

/** Two blocks of zeros: less is a finding. */
const endBytes = 1024;

function paddingBytes(value: string | null | undefined): number | undefined {
  const match = /^([0-9]{1,15}) bytes$/.exec(value ?? '');
  return match !== null && Number(match[1]) >= endBytes ? Number(match[1]) : undefined;
}

export const tarEnd: Pass = {
  id: 'tar-end',
  title: 'How many zero blocks end a tar',
  risk: 'None known: readers stop at the second, and behind the last nothing may follow.',
  touches: { formats: ['tar'], fields: ['tar_end_padding'] },
  setsAside({ a, b }) {
    const [bytesA, bytesB] = [paddingBytes(a), paddingBytes(b)];
    return bytesA === undefined || bytesB === undefined ? undefined : Math.abs(bytesA - bytesB);
  },
};
