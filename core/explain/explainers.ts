import { buildPath } from './build-path.ts';
import { buildTimeInContent } from './build-time-in-content.ts';
import { buildTimeInMetadata } from './build-time-in-metadata.ts';
import { bytecodeHeader } from './bytecode-header.ts';
import { compressor } from './compressor.ts';
import { dependencyVersion } from './dependency-version.ts';
import type { Explainer } from './explainer.ts';
import { fileOrder } from './file-order.ts';
import { hashOrder } from './hash-order.ts';
import { lineEnds } from './line-ends.ts';
import { lineOrder } from './line-order.ts';
import { missingOrExtraFile } from './missing-or-extra-file.ts';
import { otherSystem } from './other-system.ts';
import { owner } from './owner.ts';
import { processId } from './process-id.ts';
import { randomValue } from './random-value.ts';
import { recordFollows } from './record-follows.ts';
import { signatureInside } from './signature-inside.ts';
import { timeZone } from './time-zone.ts';
import { toolVersion } from './tool-version.ts';
import { umask } from './umask.ts';
import { userAndHost } from './user-and-host.ts';
import { versionFromGit } from './version-from-git.ts';

/** All explainers. Where two claim one difference, the earlier one is its cause; both are reported. */
export const explainers: readonly Explainer[] = [
  recordFollows,
  signatureInside,
  lineEnds,
  toolVersion,
  bytecodeHeader,
  timeZone,
  buildTimeInContent,
  versionFromGit,
  randomValue,
  buildPath,
  userAndHost,
  processId,
  hashOrder,
  lineOrder,
  dependencyVersion,
  buildTimeInMetadata,
  otherSystem,
  umask,
  owner,
  fileOrder,
  compressor,
  missingOrExtraFile,
];
