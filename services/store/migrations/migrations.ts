import type { Migration } from 'kysely/migration';
import * as initial from './0001-initial.ts';
import * as keptView from './0002-kept-view.ts';
import * as unlogged from './0003-unlogged.ts';
import * as canaries from './0004-canaries.ts';
import * as summaries from './0005-summaries.ts';

/** In order; forward only. A later one is a new file and a new line here. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-kept-view': keptView,
  '0003-unlogged': unlogged,
  '0004-canaries': canaries,
  '0005-summaries': summaries,
};
