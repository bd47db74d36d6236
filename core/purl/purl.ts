import { PackageURL } from 'packageurl-js';
import { Purl } from '#schemas/artifact.ts';
import { AppError } from '../errors/app-error.ts';

/** A package URL (ECMA-427), taken apart. All parts are hostile text: never a path or a shell word. */
export interface ParsedPurl {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: Readonly<Record<string, string>>;
  /** The purl as canonical text: the key under which verdicts are kept. */
  readonly text: string;
}

const hint = 'Write it as pkg:<type>/<name>@<version>, for example pkg:pypi/idna@3.20.';

/**
 * Reads and normalises a package URL. What a registry counts as the same name beyond ECMA-427 is for its ecosystem.
 * @throws AppError `invalid-purl`
 */
export function parsePurl(text: string): ParsedPurl {
  const bounded = Purl.safeParse(text);
  if (!bounded.success) throw new AppError('invalid-purl', 'That is not a package URL.', { hint });
  const purl = parse(bounded.data);
  const parts = [purl.namespace, purl.name, purl.version].filter((part) => part !== undefined);
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (parts.some((part) => /[\u0000-\u001f\u007f]/.test(part)))
    throw new AppError('invalid-purl', 'The package URL has control characters.', { hint });
  if (purl.subpath !== undefined)
    throw new AppError('invalid-purl', 'The package URL names a path within the package.', {
      hint: 'Leave out what follows "#": a whole artifact is rebuilt.',
    });
  return {
    type: purl.type,
    namespace: purl.namespace,
    name: purl.name,
    version: purl.version,
    qualifiers: { ...purl.qualifiers },
    text: purl.toString(),
  };
}

function parse(text: string): PackageURL {
  try {
    return PackageURL.fromString(text);
  } catch (cause) {
    throw new AppError('invalid-purl', `The package URL cannot be read: ${reasonOf(cause)}`, { hint, cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : 'it is malformed';
}

/** The version that `purl` names. @throws AppError `invalid-purl` where it names none: an artifact is one version. */
export function versionOf(purl: ParsedPurl): string {
  if (purl.version === undefined || purl.version === '')
    throw new AppError('invalid-purl', `The package URL of ${purl.name} names no version.`, { hint });
  return purl.version;
}
