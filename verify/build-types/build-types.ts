import type { ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import type { BuildType } from './build-type.ts';
import { githubWorkflow } from './github-workflow.ts';
import { recipeV1 } from './recipe-v1.ts';
import { slsaWorkflow } from './slsa-workflow.ts';
import type { WorkflowProvenance } from './workflow.ts';

type Known = ProvenancePredicate | WorkflowProvenance;

/** Every way to build whose provenance can be read here. What is not in this list is refused: docs/verify.md. */
const buildTypes: readonly (BuildType<ProvenancePredicate> | BuildType<WorkflowProvenance>)[] = [
  recipeV1,
  githubWorkflow,
  slsaWorkflow,
];

/** The build type of this URI. What the `predicate` of a type gives is what its own `facts` takes. */
export function buildTypeOf(uri: unknown): BuildType<Known> | undefined {
  return buildTypes.find((type) => type.uri === uri) as BuildType<Known> | undefined;
}

/** Their URIs, as text. */
export const knownBuildTypes = buildTypes.map(({ uri }) => uri).join(' or ');
