import { AppError } from '#core/errors/app-error.ts';
import type { Ecosystem } from './ecosystem.ts';
import { pypi } from './pypi/pypi.ts';

/** Every ecosystem that can be rebuilt. */
export const ecosystems: readonly Ecosystem[] = [pypi];

/** @throws AppError `unsupported-ecosystem` */
export function ecosystemOf(purlType: string): Ecosystem {
  const found = ecosystems.find((ecosystem) => ecosystem.purlType === purlType);
  if (found) return found;
  throw new AppError('unsupported-ecosystem', `Packages of type "${purlType}" cannot be rebuilt here.`, {
    hint: `Supported: ${ecosystems.map((ecosystem) => ecosystem.purlType).join(', ')}.`,
  });
}
