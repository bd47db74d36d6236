import { buildPath } from './causes/build-path.ts';
import { buildTimeInContent } from './causes/build-time-in-content.ts';
import { buildTimeInMetadata } from './causes/build-time-in-metadata.ts';
import { bytecodeHeader } from './causes/bytecode-header.ts';
import { compressor } from './causes/compressor.ts';
import { contentHashInName } from './causes/content-hash-in-name.ts';
import { cpuCount } from './causes/cpu-count.ts';
import { dependencyVersion } from './causes/dependency-version.ts';
import { environmentVariable } from './causes/environment-variable.ts';
import type { Explainer } from './explainer.ts';
import { fileOrder } from './causes/file-order.ts';
import { hashOrder } from './causes/hash-order.ts';
import { homeFolder } from './causes/home-folder.ts';
import { kernelRelease } from './causes/kernel-release.ts';
import { lineEnds } from './causes/line-ends.ts';
import { locale } from './causes/locale.ts';
import { mergedUsr } from './causes/merged-usr.ts';
import { missingOrExtraFile } from './causes/missing-or-extra-file.ts';
import { otherSystem } from './causes/other-system.ts';
import { owner } from './causes/owner.ts';
import { packageRelease } from './causes/package-release.ts';
import { parallelOrder } from './causes/parallel-order.ts';
import { processId } from './causes/process-id.ts';
import { randomValue } from './causes/random-value.ts';
import { buildPathInName } from './causes/build-path-in-name.ts';
import { digestFollows } from './causes/digest-follows.ts';
import { randomName } from './causes/random-name.ts';
import { renamedFile } from './causes/renamed-file.ts';
import { timeInName } from './causes/time-in-name.ts';
import { recordFollows } from './causes/record-follows.ts';
import { signatureInside } from './causes/signature-inside.ts';
import { timeZone } from './causes/time-zone.ts';
import { toolVersion } from './causes/tool-version.ts';
import { umask } from './causes/umask.ts';
import { userAndHost } from './causes/user-and-host.ts';
import { versionFromGit } from './causes/version-from-git.ts';
import { buildId } from './causes/build-id.ts';
import { bytecodeOptimisation } from './causes/bytecode-optimisation.ts';
import { cargoVersion } from './causes/cargo-version.ts';
import { compilerVersion } from './causes/compiler-version.ts';
import { floatingPointOrArchitecture } from './causes/floating-point-or-architecture.ts';
import { generatedDocumentation } from './causes/generated-documentation.ts';
import { jdkVersion } from './causes/jdk-version.ts';
import { npmVersion } from './causes/npm-version.ts';
import { compilerOptions } from './causes/compiler-options.ts';
import { debugPath } from './causes/debug-path.ts';
import { linkOrder } from './causes/link-order.ts';
import { nodeVersion } from './causes/node-version.ts';

/** All explainers. Where two claim one difference, the earlier one is its cause; both are reported. */
export const explainers: readonly Explainer[] = [
  recordFollows,
  digestFollows,
  signatureInside,
  packageRelease,
  lineEnds,
  environmentVariable,
  npmVersion,
  nodeVersion,
  jdkVersion,
  compilerVersion,
  cargoVersion,
  generatedDocumentation,
  toolVersion,
  bytecodeOptimisation,
  compilerOptions,
  debugPath,
  linkOrder,
  bytecodeHeader,
  locale,
  timeZone,
  kernelRelease,
  randomValue,
  buildTimeInContent,
  versionFromGit,
  floatingPointOrArchitecture,
  mergedUsr,
  homeFolder,
  buildPath,
  userAndHost,
  processId,
  cpuCount,
  fileOrder,
  hashOrder,
  parallelOrder,
  dependencyVersion,
  buildId,
  buildTimeInMetadata,
  otherSystem,
  umask,
  owner,
  compressor,
  contentHashInName,
  timeInName,
  randomName,
  buildPathInName,
  renamedFile,
  missingOrExtraFile,
];
