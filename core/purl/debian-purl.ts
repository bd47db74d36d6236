import { PackageURL } from 'packageurl-js';
import type { RootfsPackage } from '#schemas/jobs.ts';

/** `pkg:deb/debian/<name>@<version>?arch=…`, ECMA-427, for one package of a root file system. */
export function debianPurl({ name, version, architecture }: RootfsPackage): string {
  return new PackageURL('deb', 'debian', name, version, { arch: architecture }, undefined).toString();
}
