import { Level } from '#schemas/level.ts';

/** Whether `level` is `minimum` or above. */
export function reaches(level: Level, minimum: Level): boolean {
  return Level.options.indexOf(level) >= Level.options.indexOf(minimum);
}

/** The lower of two levels. */
export function lower(one: Level, other: Level): Level {
  return reaches(one, other) ? other : one;
}
