import type { Pass } from '../pass.ts';

/** The width of each of the two fields. */
const fieldBytes = 6;

export const arOwner: Pass = {
  id: 'ar-owner',
  title: 'Owners of ar members (.deb, static libraries)',
  risk: 'Whoever unpacks with `ar` as root and asks for owners gets another; dpkg and linkers read none.',
  touches: { formats: ['ar'], fields: ['uid', 'gid'] },
  setsAside: () => 2 * fieldBytes,
};
