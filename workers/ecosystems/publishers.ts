import { npm } from './npm/npm.ts';
import type { Publisher } from './publisher.ts';
import { pypiPublisher } from './pypi/publisher.ts';

/** Every registry whose statements can be read. */
export const publishers: readonly Publisher[] = [pypiPublisher, npm];
