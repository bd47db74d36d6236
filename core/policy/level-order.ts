import { Level } from '#schemas/level.ts';
import type { Judgement } from './judge-claim.ts';

/** Whether `level` is `minimum` or above. */
export function reaches(level: Level, minimum: Level): boolean {
  return Level.options.indexOf(level) >= Level.options.indexOf(minimum);
}

/** The lower of two levels. */
export function lower(one: Level, other: Level): Level {
  return reaches(one, other) ? other : one;
}

/** What is believed: never more than the signer table allows, whatever the statement says. */
export function believedLevel(maximum: Level, stated: Level | undefined): Level {
  return lower(stated ?? maximum, maximum);
}

/** The believed level against the one asked for, with what it comes from. */
export function judgeLevel(minimum: Level | undefined, maximum: Level, stated: Level | undefined): Judgement {
  const believed = believedLevel(maximum, stated);
  const says = stated === undefined ? 'its type states none' : `it states ${stated}`;
  return {
    requirement: 'level',
    ok: minimum === undefined || reaches(believed, minimum),
    expected: minimum === undefined ? 'any: none was named' : `${minimum} or above`,
    actual: `${believed}: ${says}, its signer is believed up to ${maximum}`,
  };
}
