import { buildTimeInContent } from './build-time-in-content.ts';
import { buildTimeInMetadata } from './build-time-in-metadata.ts';
import { compressor } from './compressor.ts';
import type { Explainer } from './explainer.ts';
import { fileOrder } from './file-order.ts';
import { lineEnds } from './line-ends.ts';
import { missingOrExtraFile } from './missing-or-extra-file.ts';
import { otherSystem } from './other-system.ts';
import { owner } from './owner.ts';
import { recordFollows } from './record-follows.ts';
import { toolVersion } from './tool-version.ts';
import { umask } from './umask.ts';

/** All explainers. Where two claim one difference, the earlier one is its cause; both are reported. */
export const explainers: readonly Explainer[] = [
  recordFollows,
  lineEnds,
  toolVersion,
  buildTimeInContent,
  buildTimeInMetadata,
  otherSystem,
  umask,
  owner,
  fileOrder,
  compressor,
  missingOrExtraFile,
];
