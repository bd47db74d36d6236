import { titleOf } from './bench.ts';
import type { Proof } from './confirm.ts';
import type { Removed } from './hold-fixed.ts';
import { isSure, type Weight } from './make-sure.ts';
import type { Variation } from './variation.ts';

const fewer = 'These are too few builds to tell it from chance.';

/** How many builds with and without something, and what that is worth. */
function worth(weight: Weight): string {
  return isSure(weight) ? '' : ` ${fewer}`;
}

export function proofOfVariation({ causes, title, remedy }: Variation, weight: Weight): Proof {
  return {
    causes,
    statement: `The build depends on ${title}`,
    remedy,
    sentence: `${weight.withIt} builds with ${title} varied, and nothing else that matters here, differ from ${weight.without} without.${worth(weight)}`,
  };
}

export function proofOfSet(
  { causes, title, remedy }: Variation,
  members: readonly Variation[],
  weight: Weight,
): Proof {
  const each = titleOf(members);
  return {
    causes,
    statement: `The build depends on ${title}`.slice(0, 200),
    remedy,
    sentence: `${weight.withIt} builds with ${each} all varied differ here from ${weight.without} builds in which one or more of them is not.${worth(weight)}`,
  };
}

export function proofOfHold({ hold, to }: Removed, weight: Weight): Proof {
  const seen =
    to === undefined
      ? 'each of them is the time at which that very build ran'
      : `with ${hold.title} held fixed they do not, in ${weight.withIt} builds`;
  return {
    causes: hold.causes,
    statement: `${capital(hold.title)} gets into what is built`,
    remedy: hold.remedy,
    sentence: `Two builds by the same recipe differ here; ${seen}.${worth(weight)}`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
