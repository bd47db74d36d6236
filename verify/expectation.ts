import type { Requirements } from '#core/policy/requirements.ts';
import type { SignerRule } from '#core/policy/signer-table.ts';
import type { Level } from '#schemas/level.ts';
import type { CertificateIdentity } from '#schemas/policy.ts';

/** Verdicts that whoever verifies takes besides `reproduced`. */
export type Accepted = 'equivalent';

/** What it has to have been built from. */
export interface SourceExpectation {
  /** Of a repository or a file; `git+`, `.git` and a slash at the end do not matter, `@ref` only where it is given. */
  readonly uri?: string;
  /** As in a DigestSet: algorithm (`sha256`, `gitCommit`, …) and hex. */
  readonly digest?: { readonly algorithm: string; readonly value: string };
}

/** What has to be so besides a good signature about the file. What is absent is not asked for. */
export interface Expectation extends Omit<Partial<Requirements>, 'accept'> {
  /** Default: comparison-v1, SLSA provenance v1 and SLSA verification summary v1. */
  readonly predicateTypes?: readonly string[];
  /** Whom a certificate has to name, any of these. Without one (and without `signers`) no certificate is believed. */
  readonly identities?: readonly CertificateIdentity[];
  /** The whole table of who may sign for which builder; then `identities` and `maximumLevel` are not used. */
  readonly signers?: readonly SignerRule[];
  /** What the signers are believed at most where there is no table. Default: SLSA_BUILD_LEVEL_1. */
  readonly maximumLevel?: Level;
  readonly builderId?: string;
  /** Any of these. */
  readonly builderIds?: readonly string[];
  /** Verdicts taken besides `reproduced`. */
  readonly accept?: readonly Accepted[];
  readonly source?: SourceExpectation;
  /** Of a summary. */
  readonly resourceUri?: string;
  /** What time it is; needed for `maximumAgeMs`. */
  readonly now?: Date;
}
