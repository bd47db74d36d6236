import type { search } from '#core/vary/search.ts';
import type { CheckReport } from '#schemas/check.ts';
import { type OpenLab, worstOf } from '#workers/check/open-lab.ts';

/** What was built, and what came of looking for causes. */
export type Found = Awaited<ReturnType<typeof search>>;

export interface Checked {
  readonly found: Found;
  readonly lab: OpenLab;
  /** Of the root file system. */
  readonly rootfs: string;
  /** Why tools of variations are not there. */
  readonly lacking: string | undefined;
  readonly buildsMax: number;
  readonly candidate: CheckReport['candidate'];
  readonly hasRegistry: boolean;
}

const candidateWords = {
  identical: 'The candidate is the same too.',
  equivalent: 'The candidate has other bytes; what differs is only what passes set aside.',
  different: 'The candidate has other bytes.',
} as const;

/** The report of a check. Pure. */
export function checkReport(checked: Checked): CheckReport {
  const { found, lab, candidate } = checked;
  const { control, result, detail, cut, ...rest } = found;
  const isOther = result === 'reproducible' && candidate !== undefined && candidate.result !== 'identical';
  const told = candidate === undefined ? '' : ` ${candidateWords[candidate.result]}`;
  const bytes = lab.bytes ?? candidate?.result;
  return {
    schemaVersion: 1,
    result: isOther ? 'candidate-differs' : result,
    detail: result === 'reproducible' ? `${detail}${told}` : detail,
    ...(bytes === undefined ? {} : { bytes: worstOf(bytes, candidate?.result ?? bytes) }),
    ...(candidate === undefined ? {} : { candidate }),
    outputs: (control?.outputs ?? []).map(({ path, sha256, size }) => ({ path, digest: { sha256 }, size })),
    ...rest,
    environment: { sandbox: lab.sandboxName.slice(0, 80), rootfs: { sha256: checked.rootfs } },
    ...(checked.hasRegistry ? { inputs: lab.inputs() } : {}),
    ...(control === undefined ? { log: lab.logTail.map((line) => line.slice(0, 1000)) } : {}),
    varied: [...rest.varied],
    held: [...rest.held],
    causes: [...rest.causes],
    differing: rest.differing.map((one) => ({ ...one })),
    builds: lab.builds,
    buildsMax: checked.buildsMax,
    ...(lab.failed === 0 ? {} : { failed: lab.failed }),
    cut: [
      ...cut,
      ...(checked.lacking === undefined ? [] : [`tools of variations: ${checked.lacking}`.slice(0, 300)]),
    ],
  };
}
