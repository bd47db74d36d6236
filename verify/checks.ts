/** Every check of the verifier, in the order in which they are made. docs/verify.md says what each one refuses. */
export const checkNames = [
  'bundle-json', // bounded, strict JSON
  'bundle-format', // a Sigstore bundle around one DSSE envelope with one signature
  'payload-type', // the envelope says that it holds an in-toto statement
  'signer', // the key that the bundle names is a trusted one
  'certificate', // the certificate leads to a trusted authority and was valid when it was used
  'transparency-log', // every log entry is about this signature, and in a trusted log
  'time-stamp', // every time stamp is about this signature, by a trusted authority
  'signature', // that key or certificate made the signature over this payload
  'witnesses', // log and time stamps, as many as the trust asks for
  'identity', // the certificate names one of those whom the verifier expects, by the expected issuer
  'statement', // in-toto Statement v1, strict JSON
  'subject-count', // about one file; other people's provenance about few
  'subject-digest', // about this file
  'predicate-type', // of an expected type
  'build-type', // provenance: a way to build that we know how to read
  'external-parameters', // provenance: nothing in them that we do not know
  'predicate', // matches the schema of its type
  'certificate-claims', // what the provenance says of its origin is what the certificate says
  'builder-id', // the signer may sign for this builder, and it is an expected one
  'source', // built from the expected source
  'verdict', // comparison: what it says is what was asked for; summary: PASSED
  'passes', // comparison: none that is refused was needed to call the two equivalent
  'recipe', // who wrote the recipe
  'summary-policy', // summary: about an expected policy
  'resource', // summary: about the expected resource
  'level', // the SLSA build level that is believed is high enough
  'age', // not older than asked for
] as const;
export type CheckName = (typeof checkNames)[number];

/** One check: what had to be, and what was found. `actual` may hold text that somebody else wrote: escape it. */
export interface Check {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

const textMax = 300;

/** Collects checks in order; the first that fails ends the verification. */
export class Checklist {
  readonly #checks: Check[] = [];

  /** Records a check and answers `ok`. */
  record(name: CheckName, ok: boolean, expected: string, actual: string): boolean {
    this.#checks.push({ name, ok, expected: bounded(expected), actual: bounded(actual) });
    return ok;
  }

  get checks(): readonly Check[] {
    return [...this.#checks];
  }

  get failed(): Check | undefined {
    return this.#checks.find((check) => !check.ok);
  }
}

function bounded(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`;
}
