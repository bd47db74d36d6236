import { workflowBuildType } from './workflow.ts';

/**
 * The SLSA community's, as `npm publish --provenance` writes it.
 * https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1
 */
export const slsaWorkflow = workflowBuildType(
  'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
);
