import { parseCertificate } from '#verify/sigstore/certificate.ts';
import { MalformedDer } from '#verify/sigstore/der.ts';
import { identityOf, type CertificateIdentity } from '#verify/sigstore/leaf.ts';

/** The publishers that clients of PEP 740 know; each is read from the signer's certificate alone. */
export type Publisher =
  | {
      readonly kind: 'GitHub';
      readonly repository: string;
      readonly workflow: string;
      readonly environment: null;
    }
  | {
      readonly kind: 'GitLab';
      readonly repository: string;
      readonly workflow_filepath: string;
      readonly environment: null;
    }
  | { readonly kind: 'Google'; readonly email: string };

/** https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const oid = { sourceRepository: '1.3.6.1.4.1.57264.1.12', buildConfig: '1.3.6.1.4.1.57264.1.18' } as const;

/** Whom a certificate (DER) names, as PEP 740 tells it; undefined for anybody that its clients do not know. */
export function publisherOf(der: Buffer): Publisher | undefined {
  let identity: CertificateIdentity;
  try {
    identity = identityOf(parseCertificate(der));
  } catch (error) {
    if (error instanceof MalformedDer) return undefined;
    throw error;
  }
  const { issuer, subjectAlternativeName, extensions } = identity;
  const repositoryUrl = extensions[oid.sourceRepository] ?? '';
  const config = extensions[oid.buildConfig] ?? '';
  switch (issuer) {
    case 'https://token.actions.githubusercontent.com': {
      const repository = below('https://github.com/', repositoryUrl);
      const workflow = /\/\.github\/workflows\/([^/@]+)@[^@]+$/.exec(config)?.[1];
      return repository && workflow ? { kind: 'GitHub', repository, workflow, environment: null } : undefined;
    }
    case 'https://gitlab.com': {
      const repository = below('https://gitlab.com/', repositoryUrl);
      const path = /\/\/([^@]+)@[^@]+$/.exec(config.replace(/^https:\/\//, ''))?.[1];
      return repository && path
        ? { kind: 'GitLab', repository, workflow_filepath: path, environment: null }
        : undefined;
    }
    case 'https://accounts.google.com':
      return { kind: 'Google', email: subjectAlternativeName };
    default:
      return undefined;
  }
}

function below(prefix: string, url: string): string | undefined {
  return url.startsWith(prefix) && url.length > prefix.length ? url.slice(prefix.length) : undefined;
}
