import { isDeepStrictEqual } from 'node:util';
import type { Comparison } from '#schemas/comparison.ts';
import { couldHide } from '#schemas/could-hide.ts';
import type { ObjectRef } from '#schemas/digest.ts';
import type { AttestInput } from '#schemas/jobs.ts';

/** What the attester digested itself. */
export interface Digested {
  readonly artifact?: ObjectRef;
  readonly output?: ObjectRef;
}

/**
 * What in `input` contradicts the bytes or itself, as a sentence; undefined where nothing does. `reproduced` follows
 * from the two digests alone; `equivalent` needs the same report from two fresh readers about these very files. The
 * attester parses no archive: docs/trust.md says what a reader could still make it sign.
 */
export function contradiction(input: AttestInput, digested: Digested): string | undefined {
  return bytesDisagree(input, digested) ?? environmentDisagrees(input) ?? verdictDisagrees(input, digested);
}

function bytesDisagree({ artifact, output }: AttestInput, digested: Digested): string | undefined {
  if (artifact && !sameObject(artifact, digested.artifact))
    return `The artifact ${stated(artifact)} is ${stated(digested.artifact)} by the attester's own digest.`;
  if (output && !sameObject(output, digested.output))
    return `The output ${stated(output)} is ${stated(digested.output)} by the attester's own digest.`;
  return undefined;
}

function environmentDisagrees({ recipe, ran, output, served }: AttestInput): string | undefined {
  if (output && (!recipe || !ran)) return 'There is an output, but no recipe and no run that it came from.';
  if (output && recipe && !recipe.outputs.includes(output.path))
    return 'The recipe declares no output of that path.';
  const pinned = recipe?.environment.rootfs?.sha256;
  if (pinned !== undefined && ran && ran.rootfs.digest.sha256 !== pinned)
    return `The recipe pins the root file system ${pinned}, but the build ran in ${ran.rootfs.digest.sha256}.`;
  if (served.length > 0 && recipe && !recipe.registry)
    return 'The recipe lets the build reach nothing, but the gateway served it.';
  return undefined;
}

function verdictDisagrees(input: AttestInput, digested: Digested): string | undefined {
  const { kind } = input.verdict;
  if (kind === 'inconclusive') return undefined;
  if (kind === 'build-failed' || kind === 'unsupported')
    return input.output ? `The verdict is ${kind}, but there is an output.` : undefined;
  const { artifact, output } = digested;
  if (!artifact || !output) return `The verdict is ${kind}, but there are no two files.`;
  const same = artifact.digest.sha256 === output.digest.sha256;
  if (kind === 'reproduced' && !same)
    return `The verdict is reproduced, but the digests differ: ${artifact.digest.sha256} and ${output.digest.sha256}.`;
  if (kind !== 'reproduced' && same) return `The verdict is ${kind}, but the two files have the same digest.`;
  if (kind !== 'different') {
    const copied = artifactAmongInputs(input, artifact.digest.sha256);
    if (copied !== undefined) return copied;
  }
  return kind === 'reproduced' ? undefined : reportsDisagree(input, kind, artifact, output);
}

/** A build that was given the artifact proves nothing by emitting it. */
function artifactAmongInputs({ recipe, served }: AttestInput, sha256: string): string | undefined {
  if (recipe?.source.digest.sha256 === sha256) return 'The source is the artifact itself.';
  return served.some((item) => item.sha256 === sha256)
    ? 'The gateway served the artifact itself to the build.'
    : undefined;
}

function reportsDisagree(
  { comparisons }: AttestInput,
  kind: 'equivalent' | 'different',
  artifact: ObjectRef,
  output: ObjectRef,
): string | undefined {
  const [first, second] = comparisons;
  if (!first) return `The verdict is ${kind}, but no reader compared the files.`;
  for (const report of comparisons) {
    const fault = reportFault(report, kind, artifact, output);
    if (fault !== undefined) return fault;
  }
  if (kind === 'different') return undefined;
  if (!second) return 'The verdict is equivalent by one reader only; it needs two.';
  if (!isDeepStrictEqual(first, second)) return 'The verdict is equivalent, but the two readers disagree.';
  if (first.passes.length === 0) return 'The verdict is equivalent, but no pass set anything aside.';
  return first.cut.some(couldHide)
    ? 'The verdict is equivalent, but the readers did not read all.'
    : undefined;
}

function reportFault(
  report: Comparison,
  kind: 'equivalent' | 'different',
  artifact: ObjectRef,
  output: ObjectRef,
): string | undefined {
  if (!sameObject(report.a, artifact) || !sameObject(report.b, output))
    return "A reader's report is about other files.";
  return report.result === kind
    ? undefined
    : `The verdict is ${kind}, but a reader found the files ${report.result}.`;
}

function sameObject(x: ObjectRef, y: ObjectRef | undefined): boolean {
  return y !== undefined && x.digest.sha256 === y.digest.sha256 && x.size === y.size;
}

function stated(object: ObjectRef | undefined): string {
  return object ? `sha256:${object.digest.sha256} of ${object.size} bytes` : 'nothing';
}
