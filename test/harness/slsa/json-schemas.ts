/**
 * What SLSA's own pages ask of a predicate, as JSON Schema, typed in from their tables and from nothing of ours. Members
 * that the pages do not name are allowed there; here they are refused, because we write none.
 */

const text = { type: 'string' } as const;
const timestamp = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
} as const;
const uri = { type: 'string', format: 'uri' } as const;
const digestSet = {
  type: 'object',
  minProperties: 1,
  additionalProperties: { type: 'string', pattern: '^[0-9a-f]+$' },
} as const;

/** https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md : one of uri, digest, content. */
const resourceDescriptor = {
  type: 'object',
  additionalProperties: false,
  anyOf: [{ required: ['uri'] }, { required: ['digest'] }, { required: ['content'] }],
  properties: {
    name: { type: 'string', minLength: 1 },
    uri,
    digest: digestSet,
    content: text,
    downloadLocation: uri,
    mediaType: text,
    annotations: { type: 'object' },
  },
} as const;
const versions = { type: 'object', additionalProperties: text } as const;

const statement = (predicateType: string, predicate: object) => ({
  type: 'object',
  additionalProperties: false,
  required: ['_type', 'subject', 'predicateType', 'predicate'],
  properties: {
    _type: { const: 'https://in-toto.io/Statement/v1' },
    subject: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['digest'],
        properties: { name: text, digest: digestSet },
      },
    },
    predicateType: { const: predicateType },
    predicate,
  },
});

/** https://slsa.dev/spec/v1.2/build-provenance */
export const slsaProvenance = statement('https://slsa.dev/provenance/v1', {
  type: 'object',
  additionalProperties: false,
  required: ['buildDefinition', 'runDetails'],
  properties: {
    buildDefinition: {
      type: 'object',
      additionalProperties: false,
      required: ['buildType', 'externalParameters'],
      properties: {
        buildType: uri,
        externalParameters: { type: 'object', minProperties: 1 },
        internalParameters: { type: 'object' },
        resolvedDependencies: { type: 'array', items: resourceDescriptor },
      },
    },
    runDetails: {
      type: 'object',
      additionalProperties: false,
      required: ['builder'],
      properties: {
        builder: {
          type: 'object',
          additionalProperties: false,
          required: ['id'],
          properties: {
            id: uri,
            version: versions,
            builderDependencies: { type: 'array', items: resourceDescriptor },
          },
        },
        metadata: {
          type: 'object',
          additionalProperties: false,
          properties: { invocationId: text, startedOn: timestamp, finishedOn: timestamp },
        },
        byproducts: { type: 'array', items: resourceDescriptor },
      },
    },
  },
});

/** https://slsa.dev/spec/v1.2/verification_summary */
export const slsaVerificationSummary = statement('https://slsa.dev/verification_summary/v1', {
  type: 'object',
  additionalProperties: false,
  required: ['verifier', 'resourceUri', 'policy', 'verificationResult', 'verifiedLevels'],
  properties: {
    verifier: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: { id: uri, version: versions },
    },
    timeVerified: timestamp,
    resourceUri: uri,
    policy: { ...resourceDescriptor, required: ['uri', 'digest'] },
    inputAttestations: { type: 'array', items: { ...resourceDescriptor, required: ['digest'] } },
    verificationResult: { enum: ['PASSED', 'FAILED'] },
    verifiedLevels: {
      type: 'array',
      minItems: 1,
      items: {
        enum: ['FAILED', 'SLSA_BUILD_REPRODUCED', ...[0, 1, 2, 3].map((n) => `SLSA_BUILD_LEVEL_${n}`)],
      },
    },
    slsaVersion: { const: '1.2' },
  },
});
