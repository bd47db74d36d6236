import type { Fact } from '#schemas/level.ts';

/** What the operator says of the place; null where nothing was said. */
export interface DeclaredPlace {
  readonly hosted: boolean | null;
  readonly separateUsers: boolean | null;
}

/** The facts that the control plane states about every rebuild here, each with where it comes from. */
export function deploymentFacts(place: DeclaredPlace): Fact[] {
  return [
    {
      name: 'hosted',
      value: place.hosted,
      basis: 'declared',
      evidence:
        place.hosted === true
          ? 'ASSAY_HOSTED=1'
          : place.hosted === false
            ? 'ASSAY_HOSTED=0'
            : 'ASSAY_HOSTED is not set: a workstation',
    },
    {
      name: 'separate-processes',
      value: true,
      basis: 'measured',
      evidence:
        'each kind of worker claimed its jobs with a token of its own kind; one token opens no other kind',
    },
    {
      name: 'separate-users',
      value: place.separateUsers,
      basis: 'declared',
      evidence:
        place.separateUsers === null
          ? 'ASSAY_SEPARATE_USERS is not set'
          : `ASSAY_SEPARATE_USERS=${place.separateUsers ? 1 : 0}, by what started the processes`,
    },
  ];
}
