import type { Ecosystem } from './ecosystem.ts';
import { pypi } from './pypi/pypi.ts';

/** Every ecosystem that can be rebuilt. */
export const ecosystems: readonly Ecosystem[] = [pypi];
