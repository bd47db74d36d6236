import { z } from 'zod';
import { repositoryUrl } from '#core/upstream/repository.ts';
import { bundleMediaType, type ExpectedSigner } from '#core/upstream/found-bundle.ts';
import { statementPayloadType } from '#schemas/predicate-types.ts';

const Base64 = z.string().max(8 * 1024 ** 2);

/** An attestation object of an index: https://packaging.python.org/en/latest/specifications/index-hosted-attestations/ */
export const IndexAttestation = z.object({
  version: z.literal(1),
  verification_material: z.object({
    certificate: Base64,
    transparency_entries: z.array(z.unknown()).min(1).max(16),
  }),
  envelope: z.object({ statement: Base64, signature: Base64 }),
});

const Publisher = z.looseObject({ kind: z.string().max(40) });

/** A provenance object: attestations by the publisher who sent them. */
export const IndexProvenance = z.object({
  version: z.literal(1),
  attestation_bundles: z
    .array(z.object({ publisher: Publisher, attestations: z.array(IndexAttestation).max(64) }))
    .max(64),
});

/** The same as a Sigstore bundle: it has all that one needs, spelled otherwise. */
export function bundleOfAttestation({
  verification_material: material,
  envelope,
}: z.infer<typeof IndexAttestation>): unknown {
  return {
    mediaType: bundleMediaType,
    verificationMaterial: {
      certificate: { rawBytes: compact(material.certificate) },
      tlogEntries: material.transparency_entries,
    },
    dsseEnvelope: {
      payload: compact(envelope.statement),
      payloadType: statementPayloadType,
      signatures: [{ sig: compact(envelope.signature) }],
    },
  };
}

/** Python's base64 may be broken into lines. */
function compact(base64: string): string {
  return base64.replace(/[\r\n]/g, '');
}

const Repository = z
  .string()
  .max(300)
  .regex(/^[\w.-]+(?:\/[\w.-]+)+$/);
const GitHub = z.object({
  kind: z.literal('GitHub'),
  repository: Repository,
  workflow: z
    .string()
    .max(200)
    .regex(/^[\w.-]+$/),
});
const GitLab = z.object({
  kind: z.literal('GitLab'),
  repository: Repository,
  workflow_filepath: z
    .string()
    .max(200)
    .regex(/^[\w./-]+$/),
});
const Google = z.object({ kind: z.literal('Google'), email: z.email().max(200) });

/** Whom the index says that it took the file from; undefined for a kind of publisher that is not known here. */
export function signerOfPublisher(publisher: unknown, saidBy: string): ExpectedSigner | undefined {
  const read = z.discriminatedUnion('kind', [GitHub, GitLab, Google]).safeParse(publisher);
  if (!read.success) return undefined;
  const { data } = read;
  if (data.kind === 'Google') return { saidBy, subject: data.email, issuer: 'https://accounts.google.com' };
  const host = data.kind === 'GitHub' ? 'https://github.com' : 'https://gitlab.com';
  const repository = repositoryUrl(`${host}/${data.repository}`);
  if (repository === undefined) return undefined;
  return data.kind === 'GitHub'
    ? {
        saidBy,
        repository,
        workflow: `.github/workflows/${data.workflow}`,
        issuer: 'https://token.actions.githubusercontent.com',
      }
    : { saidBy, repository, workflow: data.workflow_filepath, issuer: host };
}
