import type { CutKind } from './cut.ts';

const hiding: Readonly<Record<CutKind, boolean>> = {
  unread: true,
  unweighed: true,
  uninspected: false,
  unlisted: false,
  untried: false,
};

/**
 * Whether what was cut could hold anything: then two files are neither equivalent nor clear of what was looked for. In a
 * file without zod, which a reader starts without.
 */
export function couldHide({ kind }: { readonly kind: CutKind }): boolean {
  return hiding[kind];
}
