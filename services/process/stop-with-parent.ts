/** How long an orderly end may take once the parent is gone. */
const graceMs = 5000;

/**
 * Calls `end` on SIGTERM or SIGINT, and, where `parentPipe` says that stdin is a pipe of the launcher, when that pipe
 * ends: the launcher's death, even by SIGKILL, is always noticed. A second signal, or an end that takes too long, exits.
 */
export function stopWithParent(parentPipe: boolean, end: () => void): void {
  let ending = false;
  const once = (): void => {
    if (ending) process.exit(1);
    ending = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    end();
  };
  process.on('SIGTERM', once);
  process.on('SIGINT', once);
  if (!parentPipe) return;
  process.stdin.resume();
  process.stdin.on('end', once);
  process.stdin.on('error', once);
}
