import { asAppError } from '#core/errors/app-error.ts';

/** Runs a process's `main`; what it throws is one JSON line on stderr and exit code 1. */
export function runMain(name: string, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const { code, message, hint } = asAppError(error);
    process.stderr.write(`${JSON.stringify({ process: name, code, message, hint })}\n`);
    process.exit(1);
  });
}
