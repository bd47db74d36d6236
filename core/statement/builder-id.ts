import type { AttemptFacts } from '#schemas/jobs.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';

/**
 * Every way in which a deployment can have run a build; `none` where no attempt was made. Closed: what is not in this
 * list is nobody's builder. SLSA: each mode with other guarantees has a `builder.id` of its own.
 * https://slsa.dev/spec/v1.2/build-provenance#builder
 */
export const isolationModes = ['bubblewrap', 'docker-runc', 'docker-runsc', 'docker-other', 'none'] as const;
export type IsolationMode = (typeof isolationModes)[number];

/** Last part of the id under which a deployment signs verification summaries: `verifier.id`. */
const verifierMode = 'verifier' as const;

/** How the attempt was isolated, from what its worker established. */
export function isolationModeOf(ran: Pick<AttemptFacts, 'sandbox'> | undefined): IsolationMode {
  if (!ran) return 'none';
  const { kind, runtime } = ran.sandbox;
  if (kind === 'bubblewrap') return 'bubblewrap';
  // Such as `runsc, Docker Engine 28.2.2`; the name is the operator's, so that only names that we know say something.
  const name = runtime.split(',', 1)[0];
  return name === 'runc' ? 'docker-runc' : name === 'runsc' ? 'docker-runsc' : 'docker-other';
}

/** The builder of one attempt: the deployment's id with the isolation mode as a last path part. */
export function builderOfAttempt(
  deployment: Builder,
  ran: Pick<AttemptFacts, 'sandbox'> | undefined,
): Builder {
  return { ...deployment, id: idOf(deployment.id, isolationModeOf(ran)) };
}

/** `verifier.id` of the summaries that a deployment signs. */
export function verifierIdOf(deploymentId: string): string {
  return idOf(deploymentId, verifierMode);
}

/**
 * Every id that the key of a deployment may sign for, each in full: one for each isolation mode, and the verifier's.
 * Compare for equality with one of these; a prefix would let `…/evil` pass.
 */
export function idsOfDeployment(deploymentId: string): string[] {
  return [...isolationModes, verifierMode].map((mode) => idOf(deploymentId, mode));
}

function idOf(deploymentId: string, mode: IsolationMode | typeof verifierMode): string {
  return `${deploymentId.replace(/\/+$/, '')}/${mode}`;
}
