import { buildGid, buildHostname, buildUid } from '../sandbox/layout.ts';

/**
 * Runs with the new root as $1 after the packages are installed. Nothing of the host stays (resolver, name, package
 * sources), so the same packages give the same tree anywhere; the folders and the user that the sandboxes need are made.
 * A folder's time would tell in which order the packages were unpacked, and apt's own folders whether its user could
 * pass through the host's: mmdebstrap's clean-up of apt is replaced by ours.
 */
export function fixedFilesHook(sourceDateEpoch: number): string {
  return `
set -eu
rm -f "$1/etc/resolv.conf" "$1/etc/hostname" "$1/etc/apt/sources.list"
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/archives "$1"/var/cache/apt/*.bin
mkdir -p "$1/var/cache/apt/archives"
rm -rf "$1"/run/* "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/preferences.d/*
: >"$1/etc/resolv.conf"
printf '${buildHostname}\\n' >"$1/etc/hostname"
printf '127.0.0.1 localhost ${buildHostname}\\n::1 localhost\\n' >"$1/etc/hosts"
printf 'build:x:${buildUid}:${buildGid}:build:/work/home:/bin/sh\\n' >>"$1/etc/passwd"
printf 'build:x:${buildGid}:\\n' >>"$1/etc/group"
mkdir -p "$1/work" "$1/run/assay"
chmod 0755 "$1/work" "$1/run/assay"
find "$1" -xdev '(' -path "$1/proc" -o -path "$1/sys" -o -path "$1/dev" ')' -prune -o -type d -exec touch -c -d @${sourceDateEpoch} -- {} +
`;
}
