import { errorRegistry, type ErrorCode } from '#schemas/errors.ts';

const retry = (retryable: boolean): string => (retryable ? 'can help' : 'does not help');

/** docs/errors.md: one row for each code of the registry. */
export function describeErrors(): string {
  const rows = Object.entries(errorRegistry).map(
    ([code, { status, exit, retryable, title }]) =>
      `| \`${code as ErrorCode}\` | ${title} | ${status} | ${exit} | ${retry(retryable)} |`,
  );
  return `# Errors

Every error has a code of this list, wherever it shows: the \`code\` and \`type\` (\`urn:assay:error:<code>\`) of an HTTP
answer (problem details, RFC 9457), and the exit code of the command line. A verdict is never an error.

\`scripts/write-error-docs.ts\` writes this page from \`schemas/error-registry.ts\`.

| code | what happened | HTTP status | exit code | trying again |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
