import { existsSync, readlinkSync } from 'node:fs';

/** Names this process among all checks that one Docker Engine may serve: process ids are of a namespace (pid_namespaces(7)). */
export function checkName(): string {
  return `check-${namespace()}-${process.pid}`;
}

/** Whether `name` is of a check of this namespace whose process is gone. */
export function isEndedCheck(name: string): boolean {
  const [, where, pid] = /^check-(\d+)-(\d+)$/.exec(name) ?? [];
  return where === namespace() && !existsSync(`/proc/${pid}`);
}

function namespace(): string | undefined {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
}
