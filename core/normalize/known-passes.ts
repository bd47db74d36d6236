import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import type { Pass } from './pass.ts';
import { passes as allPasses } from './passes.ts';

/** Refuses every pass, those that are added later among them. */
export const everyPass = 'all';

/**
 * The passes that are left when those named are refused; `all` refuses every one.
 * @throws AppError `usage` for a name that no pass has: a refusal with a slip of the pen must not pass for none
 */
export function withoutRefused(
  refused: readonly string[],
  passes: readonly Pass[] = allPasses,
): readonly Pass[] {
  const known = new Set(passes.map(({ id }) => id));
  const unknown = refused.filter((id) => id !== everyPass && !known.has(id));
  if (unknown.length > 0) {
    const names = unknown.map((id) => printable(id, 64)).join(', ');
    throw new AppError('usage', `No pass is called ${names}.`, {
      hint: `Refuse ${everyPass}, or any of: ${[...known].join(', ')}. docs/passes.md says what each sets aside.`,
    });
  }
  return refused.includes(everyPass) ? [] : passes.filter(({ id }) => !refused.includes(id));
}
