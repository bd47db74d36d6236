import { fulcioAudience } from './issuer.ts';

/**
 * Fulcio's configuration (fulcio.yaml, here as JSON) with one issuer. The subject of a token is the name in the certificate
 * (a URI: `builder.id`); what else a token says of the signing machine becomes the extensions of
 * https://github.com/sigstore/fulcio/blob/v1.8.8/docs/oid-info.md, and `defaults` stand for claims that it lacks.
 */
export function fulcioConfig(issuerUrl: string) {
  return {
    OIDCIssuers: {
      [issuerUrl]: {
        IssuerURL: issuerUrl,
        ClientID: fulcioAudience,
        Type: 'ci-provider',
        CIProvider: provider,
      },
    },
    CIIssuerMetadata: {
      [provider]: {
        SubjectAlternativeNameTemplate: 'sub',
        DefaultTemplateValues: {
          builder_digest: 'unknown',
          deployment: 'unknown',
          run_url: 'unknown',
          runner_environment: 'self-hosted',
        },
        ExtensionTemplates: {
          BuildSignerURI: 'sub',
          BuildSignerDigest: 'builder_digest',
          DeploymentEnvironment: 'deployment',
          RunInvocationURI: 'run_url',
          RunnerEnvironment: 'runner_environment',
        },
      },
    },
  };
}

const provider = 'assay';
