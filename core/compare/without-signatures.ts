import { signatureOf } from '#core/archive/signature-files.ts';
import { sayTheSameUnsigned } from '#core/normalize/jar-manifest.ts';
import type { Comparison, Finding } from '#schemas/comparison.ts';
import type { Delta } from './delta.ts';
import type { ComparisonFacts } from './facts.ts';

/** Whether the difference is one of a signature file, or of the digests that signing a jar adds to its manifest. */
function isOfSignature(delta: Delta, facts: ComparisonFacts): boolean {
  const name = delta.path.at(-1) ?? '';
  const nameB = delta.pathB?.at(-1) ?? name;
  if (delta.kind !== 'order' && signatureOf(name) !== undefined && signatureOf(nameB) !== undefined)
    return true;
  const { format, kind } = delta;
  if (format !== 'zip' || kind !== 'content' || name !== 'META-INF/MANIFEST.MF') return false;
  const view = facts.view(delta);
  const whole = view?.a.whole === true && view.b.whole;
  return whole && view.text !== undefined && sayTheSameUnsigned(view.text.a, view.text.b);
}

/**
 * What two files that differ are to each other but for the signatures in them: `identical` where nothing else differs,
 * `equivalent` where passes set aside what does. Undefined where there is no signature or more differs.
 */
export function withoutSignatures(
  facts: ComparisonFacts,
  passOf: ReadonlyMap<Delta, string>,
  findings: readonly Finding[],
): Comparison['withoutSignatures'] {
  if (findings.some(({ side, severity }) => side !== 'both' && severity !== 'info')) return undefined;
  let [signatures, others] = [0, 0];
  for (const delta of facts.deltas) {
    if (passOf.has(delta)) others += 1;
    else if (isOfSignature(delta, facts)) signatures += 1;
    else return undefined;
  }
  if (signatures === 0) return undefined;
  return others === 0 ? 'identical' : 'equivalent';
}
