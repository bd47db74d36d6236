/**
 * The one error registry: code → HTTP status, exit code, whether trying again can help, and what happened in a
 * sentence. It makes the problem response (RFC 9457), the exit code and docs/errors.md. Exit codes: docs/cli.md.
 * No library is needed for it: readers have none.
 */
export const errorRegistry = {
  usage: { status: 400, exit: 2, retryable: false, title: 'The command or request was not understood' },
  'invalid-request': {
    status: 400,
    exit: 2,
    retryable: false,
    title: 'The request does not match its schema',
  },
  'invalid-purl': { status: 400, exit: 2, retryable: false, title: 'The package URL cannot be read' },
  'invalid-recipe': { status: 422, exit: 2, retryable: false, title: 'The recipe is not valid' },
  'unsupported-ecosystem': {
    status: 422,
    exit: 3,
    retryable: false,
    title: 'No ecosystem here can rebuild this kind of package',
  },
  unauthenticated: { status: 401, exit: 4, retryable: false, title: 'A valid token is needed' },
  forbidden: { status: 403, exit: 4, retryable: false, title: 'This token may not do that' },
  'not-found': { status: 404, exit: 3, retryable: false, title: 'There is nothing under that name' },
  'method-not-allowed': {
    status: 405,
    exit: 2,
    retryable: false,
    title: 'That method is not supported here',
  },
  conflict: { status: 409, exit: 3, retryable: false, title: 'The state does not allow that' },
  'stale-lease': { status: 409, exit: 3, retryable: false, title: 'This attempt no longer holds the job' },
  'idempotency-in-flight': {
    status: 409,
    exit: 3,
    retryable: true,
    title: 'A request with this Idempotency-Key is still being handled',
  },
  'idempotency-mismatch': {
    status: 422,
    exit: 2,
    retryable: false,
    title: 'This Idempotency-Key was used with another body',
  },
  'digest-mismatch': {
    status: 422,
    exit: 1,
    retryable: false,
    title: 'The bytes do not have the digest that was named',
  },
  'too-large': { status: 413, exit: 2, retryable: false, title: 'It is larger than allowed' },
  'unsupported-media-type': {
    status: 415,
    exit: 2,
    retryable: false,
    title: 'The body is not of a type that is read here',
  },
  'range-not-satisfiable': {
    status: 416,
    exit: 2,
    retryable: false,
    title: 'The object does not have the bytes that were asked for',
  },
  'rate-limited': { status: 429, exit: 5, retryable: true, title: 'Too many requests' },
  'quota-exceeded': { status: 507, exit: 5, retryable: true, title: 'The object store is full' },
  internal: { status: 500, exit: 5, retryable: true, title: 'A fault of this service' },
  unavailable: {
    status: 503,
    exit: 5,
    retryable: true,
    title: 'The service or something it needs cannot be reached',
  },
  upstream: { status: 502, exit: 5, retryable: true, title: 'The registry did not answer as it should' },
  timeout: { status: 504, exit: 3, retryable: true, title: 'It took longer than allowed' },
  interrupted: { status: 499, exit: 130, retryable: true, title: 'Interrupted' },
  'missing-component': {
    status: 503,
    exit: 5,
    retryable: false,
    title: 'Something that Assay needs is not installed',
  },
  'verification-failed': { status: 422, exit: 1, retryable: false, title: 'Verification failed' },
  'nothing-to-verify': { status: 404, exit: 3, retryable: false, title: 'There is no attestation to verify' },
  'no-policy': {
    status: 400,
    exit: 2,
    retryable: false,
    title: 'Nothing says whom to trust: give a key, an identity or a policy',
  },
} as const satisfies Record<string, { status: number; exit: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorRegistry;
