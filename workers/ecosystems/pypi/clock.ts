import type { Clock } from '#schemas/recipe.ts';
import type { WheelFacts } from './facts.ts';

/** The time that each backend writes where no clock is given to it, Unix seconds. */
const backendDefaults: Readonly<Record<string, number>> = {
  hatchling: Date.UTC(2020, 1, 2) / 1000,
  'poetry-core': Date.UTC(2016, 0, 1) / 1000,
  poetry: Date.UTC(2016, 0, 1) / 1000,
  'pdm-backend': Date.UTC(2016, 0, 1) / 1000,
  'pdm-pep517': Date.UTC(2016, 0, 1) / 1000,
  uv: Date.UTC(1980, 0, 1) / 1000,
};

/**
 * The clock of a wheel's build, from its members' times. One value is what SOURCE_DATE_EPOCH was set to (a zip counts
 * in steps of two seconds, which gives the same bytes), unless it is the backend's own default. Several are those of
 * the source's files, and of the build for what it wrote.
 */
export function clockOf(wheel: WheelFacts): { clock: Clock; note: string } {
  const [first] = wheel.times;
  if (first === undefined) return { clock: { from: 'none' }, note: 'the wheel records no times' };
  if (wheel.times.length > 1)
    return {
      clock: { from: 'source-mtimes' },
      note: `the wheel has ${wheel.times.length} different times: those of the source's files are kept`,
    };
  if (first === backendDefaults[wheel.generator?.name ?? ''])
    return { clock: { from: 'none' }, note: 'the wheel has the one time that the backend uses by default' };
  return {
    clock: { from: 'inferred-single', sourceDateEpoch: first },
    note: `all of the wheel has one time, ${new Date(first * 1000).toISOString()}: SOURCE_DATE_EPOCH`,
  };
}
