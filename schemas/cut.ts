import { z } from 'zod';

/** What a bound left out, and of what kind that is: the kind alone says what it means for a verdict. */
export const Cut = z.strictObject({
  kind: z
    .enum(['unread', 'unweighed', 'uninspected', 'unlisted', 'untried'])
    .describe(
      '`unread`: bytes were not taken apart as their format says; `unweighed`: what was found took no part in the ' +
        'result; both could hide anything. `uninspected`: compared byte for byte, but not looked into; `unlisted`: ' +
        'found, counted and weighed, but not shown; `untried`: a build or an experiment that was not made',
    ),
  detail: z.string().max(200).describe('which bound cut what; words of ours, none of the files'),
});
export type Cut = z.infer<typeof Cut>;
export type CutKind = Cut['kind'];
