import { z } from 'zod';
import type { BuildType } from './build-type.ts';

const text = z.string().max(2048);

/** Inputs and variables of a run change what it builds; nobody said which are right, so that there must be none. */
const none = z.strictObject({}).optional();

const ExternalParameters = z.strictObject({
  workflow: z.strictObject({
    ref: text.min(1),
    repository: z.url({ protocol: /^https$/ }).max(1000),
    path: text.min(1),
  }),
  inputs: none,
  vars: none,
});

const Dependency = z.object({
  uri: text.optional(),
  digest: z.record(z.string().max(40), z.string().max(200)).optional(),
});

/**
 * SLSA provenance v1 of a workflow on GitHub Actions. What the specification lets a reader ignore is ignored; nothing
 * here relies on it. https://slsa.dev/spec/v1.2/build-provenance#parsing-rules
 */
export const WorkflowProvenance = z.object({
  buildDefinition: z.object({
    buildType: text,
    externalParameters: ExternalParameters,
    resolvedDependencies: z.array(Dependency).max(10_000).default([]),
  }),
  runDetails: z.object({
    builder: z.object({ id: z.url().max(500) }),
    metadata: z
      .object({ invocationId: text.optional(), finishedOn: z.iso.datetime({ offset: true }).optional() })
      .optional(),
  }),
});
export type WorkflowProvenance = z.infer<typeof WorkflowProvenance>;

/** The same shape under two names: `uri` says which. */
export function workflowBuildType(uri: string): BuildType<WorkflowProvenance> {
  return {
    uri,
    externalParameters: ExternalParameters,
    known: 'only workflow (ref, repository, path), and neither inputs nor vars',
    predicate: WorkflowProvenance,
    facts: ({ buildDefinition, runDetails }) => {
      const { workflow } = buildDefinition.externalParameters;
      const { invocationId, finishedOn } = runDetails.metadata ?? {};
      // Only what lies in the workflow's own repository was built; an action that it used is a tool.
      const sources = buildDefinition.resolvedDependencies.flatMap(({ uri: from, digest }) =>
        from !== undefined && isOf(from, workflow.repository) ? [{ uri: from, digest: digest ?? {} }] : [],
      );
      const commit = sources[0]?.digest['gitCommit'];
      return {
        builderId: runDetails.builder.id,
        sources: sources.length > 0 ? sources : [{ uri: workflow.repository, digest: {} }],
        ...(finishedOn !== undefined && { finishedOn }),
        origin: {
          ...workflow,
          ...(commit !== undefined && { commit }),
          ...(invocationId !== undefined && { invocationId }),
        },
      };
    },
  };
}

/** `git+https://host/owner/name@ref` of the repository `https://host/owner/name`. */
function isOf(uri: string, repository: string): boolean {
  const bare = uri.replace(/^git\+/, '');
  return bare === repository || bare.startsWith(`${repository}@`);
}
