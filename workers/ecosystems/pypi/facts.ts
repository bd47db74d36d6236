import { parse } from 'smol-toml';
import { z } from '@hono/zod-openapi';
import { filesOf, type ArchivedFile, type ArchiveFacts } from '../archive-facts.ts';

/** What a reader is asked for, of a wheel and of an sdist. */
export const wheelTexts = ['*.dist-info/WHEEL'];
export const sdistTexts = ['*/pyproject.toml', '*/setup.cfg', './*/pyproject.toml', './*/setup.cfg'];

/** What a wheel tells of its own build. */
export interface WheelFacts {
  /** `Generator` of WHEEL, taken apart: `setuptools (80.9.0)` and `flit 3.12.0` alike. */
  readonly generator?: { readonly name: string; readonly version: string };
  /** Distinct times of its members, Unix seconds, ascending. */
  readonly times: readonly number[];
  /** Mode of WHEEL, which the backend wrote itself: shows the umask of the build. */
  readonly writtenMode?: number;
  /** The recorded mode of RECORD, with what there is of the file type. */
  readonly recordMode?: number;
  /** Made on Windows: member modes and line ends are not those of a Unix build. */
  readonly madeOnWindows: boolean;
  readonly files: readonly ArchivedFile[];
}

/** What an sdist tells of how it is built (PEP 518, PEP 517). */
export interface SdistFacts {
  /** The one folder that holds everything, or undefined where there is not exactly one. */
  readonly top?: string;
  readonly buildSystem: BuildSystem;
  /** `[bdist_wheel] universal` of setup.cfg. */
  readonly universal: boolean;
  readonly files: readonly ArchivedFile[];
}

export interface BuildSystem {
  readonly requires: readonly string[];
  readonly backend: string;
  readonly backendPath: readonly string[];
}

/** What PEP 517 front ends take where an sdist declares no build system. */
export const legacyBuildSystem: BuildSystem = {
  requires: ['setuptools>=40.8.0', 'wheel'],
  backend: 'setuptools.build_meta:__legacy__',
  backendPath: [],
};

export function wheelFacts(archive: ArchiveFacts): WheelFacts {
  const files = filesOf(archive);
  const within = (name: string) =>
    files.find((member) => member.name.split('/').length === 2 && member.name.endsWith(`.dist-info/${name}`));
  const written = within('WHEEL');
  const generator = generatorOf(written === undefined ? '' : (archive.texts[written.name] ?? ''));
  const recordMode = within('RECORD')?.mode;
  const systems = files.flatMap((member) => member.createSystem ?? []);
  return {
    ...(generator === undefined ? {} : { generator }),
    times: [...new Set(files.flatMap((member) => member.mtime ?? []))].sort((a, b) => a - b),
    ...(written?.mode === undefined ? {} : { writtenMode: written.mode & 0o777 }),
    ...(recordMode === undefined ? {} : { recordMode }),
    madeOnWindows: systems.length > 0 && systems.every((system) => system === 0),
    files,
  };
}

/** `Generator` of a WHEEL file: a name, then a version, which wheel and setuptools put in parentheses. */
export function generatorOf(wheelText: string): WheelFacts['generator'] {
  const line =
    /^Generator:[ \t]*([A-Za-z0-9][A-Za-z0-9._-]{0,63})[ \t]+\(?([0-9][A-Za-z0-9.!+_-]{0,63})\)?[ \t]*\r?$/m.exec(
      wheelText,
    );
  const [, name, version] = line ?? [];
  return name === undefined || version === undefined ? undefined : { name: name.toLowerCase(), version };
}

export function sdistFacts(archive: ArchiveFacts): SdistFacts {
  const tops = new Set(archive.members.flatMap(({ path: [name] }) => topOf(name ?? '') ?? []));
  const [only] = tops;
  const top = tops.size === 1 ? only : undefined;
  const text = (name: string) => archive.texts[`${top}/${name}`] ?? archive.texts[`./${top}/${name}`];
  return {
    ...(top === undefined ? {} : { top }),
    buildSystem: buildSystemOf(text('pyproject.toml')),
    universal: /^\[(?:bdist_)?wheel\][^[]*^universal[ \t]*[=:][ \t]*(?:1|true|yes|on)\b/im.test(
      text('setup.cfg') ?? '',
    ),
    files: filesOf(archive),
  };
}

/** The first part of a member's name; undefined for what names no folder of its own. */
function topOf(name: string): string | undefined {
  const top = name.replace(/^(?:\.\/)+/, '').split('/')[0];
  return top === '' || top === '.' ? undefined : top;
}

const Requirement = z
  .string()
  .max(1000)
  // PEP 508: a name first; so never an option, a path or a URL
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?[ \t]*(?:$|[[<>=!~;(@])/)
  .refine((text) => !/[\r\n\0]/.test(text));

const PyProject = z.object({
  'build-system': z
    .object({
      requires: z.array(Requirement).max(200),
      'build-backend': z
        .string()
        .max(300)
        .regex(/^[\w.]+(?::[\w.]+)?$/)
        .optional(),
      'backend-path': z
        .array(
          z
            .string()
            .min(1)
            .max(300)
            .regex(/^[^\0]*$/),
        )
        .max(10)
        .optional(),
    })
    .optional(),
});

/** The `[build-system]` table of a pyproject.toml, or what PEP 517 says where there is none. */
export function buildSystemOf(text: string | undefined): BuildSystem {
  if (text === undefined) return legacyBuildSystem;
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return legacyBuildSystem;
  }
  const read = PyProject.safeParse(document);
  const table = read.success ? read.data['build-system'] : undefined;
  if (table === undefined) return legacyBuildSystem;
  return {
    requires: table.requires,
    backend: table['build-backend'] ?? legacyBuildSystem.backend,
    backendPath: table['backend-path'] ?? [],
  };
}
