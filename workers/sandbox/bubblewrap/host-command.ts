/** How the worker becomes, for an attempt, somebody who may do less. */
export interface HostIdentity {
  /** Set where the worker is root: the attempt runs under this id, which belongs to nobody else. */
  readonly uid?: number;
}

/** Joins each cgroup whose cgroup.procs comes before `--`, then becomes the command after it. */
const joinScript = `while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@"`;

/** `bwrap` and its arguments as one command that first joins the attempt's cgroups and then drops root. */
export function hostCommand(
  bwrapArguments: readonly string[],
  joins: readonly string[],
  identity: HostIdentity,
): { file: string; args: string[] } {
  const drop =
    identity.uid === undefined
      ? []
      : ['setpriv', '--reuid', String(identity.uid), '--regid', String(identity.uid), '--clear-groups', '--'];
  return {
    file: '/bin/sh',
    args: ['-c', joinScript, 'assay-join', ...joins, '--', ...drop, 'bwrap', ...bwrapArguments],
  };
}
