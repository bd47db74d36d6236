import { workflowBuildType } from './workflow.ts';

/** GitHub's own, as actions/attest-build-provenance writes it. https://actions.github.io/buildtypes/workflow/v1 */
export const githubWorkflow = workflowBuildType('https://actions.github.io/buildtypes/workflow/v1');
