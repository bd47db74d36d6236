import type { BuildSystem, WheelFacts } from './facts.ts';
import { isBelow, normalizeName } from './names.ts';

/** The first setuptools with a bdist_wheel of its own; before it, `Generator` names the package wheel. */
const ownBdistWheel = [70, 1] as const;

/** What a wheel's `Generator` says of the build's packages: pins, and what must be installed beside what is asked for. */
export interface Pins {
  /** Lines of a pip constraints file. */
  readonly constraints: readonly string[];
  /** Requirements that the source does not declare, yet the wheel shows were there. */
  readonly extra: readonly string[];
  readonly notes: readonly string[];
}

/** Backends whose name in `Generator` is not that of the project on the registry. */
const projectOf: Readonly<Record<string, string>> = {
  flit: 'flit_core',
  uv: 'uv_build',
  bdist_wheel: 'wheel',
};

/** Pins the backend to the version that `Generator` names. */
export function pinsOf(wheel: WheelFacts, build: BuildSystem): Pins {
  const { generator } = wheel;
  if (generator === undefined)
    return {
      constraints: [],
      extra: [],
      notes: ['WHEEL names no generator: the backend is as of the upload date'],
    };
  const { name, version } = generator;
  const note = `WHEEL says it was made by ${name} ${version}`;
  if (name === 'bdist_wheel') return bdistWheel(version, build, note);
  if (name === 'setuptools') return setuptools(version, wheel, note);
  // poetry-core called itself poetry before 1.1
  const project =
    name === 'poetry' && build.backend.startsWith('poetry.core')
      ? 'poetry-core'
      : name === 'flit' && isBelow(version, [2])
        ? 'flit'
        : (projectOf[name] ?? name);
  return { constraints: [`${project}==${version}`], extra: [], notes: [note] };
}

function bdistWheel(version: string, build: BuildSystem, note: string): Pins {
  const declared = build.requires.find((requirement) => requirementName(requirement) === 'setuptools') ?? '';
  const floor = />=?\s*(\d[\d.]*)/.exec(declared)?.[1];
  const modern = floor !== undefined && !isBelow(floor, ownBdistWheel);
  return {
    constraints: [`wheel==${version}`, ...(modern ? [] : [`setuptools<${ownBdistWheel.join('.')}`])],
    extra: [],
    notes: [
      note,
      ...(modern ? [] : ['so setuptools was older than the first with a bdist_wheel of its own']),
    ],
  };
}

/** setuptools takes the package wheel's zip writer where one is installed; those before 0.38 leave no file type in RECORD's mode. */
function setuptools(version: string, wheel: WheelFacts, note: string): Pins {
  const constraints = [`setuptools==${version}`];
  if (wheel.recordMode !== 0o664) return { constraints, extra: [], notes: [note] };
  return {
    constraints: [...constraints, 'wheel==0.37.1'],
    extra: ['wheel'],
    notes: [note, "RECORD's mode has no file type: the package wheel, older than 0.38, wrote the zip"],
  };
}

/** The normalised name of the project that a PEP 508 requirement asks for. */
export function requirementName(requirement: string): string {
  return normalizeName(/^[A-Za-z0-9._-]*/.exec(requirement)?.[0] ?? '');
}

/**
 * What is installed before the build: what the source asks for, but for the pinned packages, of which the pin is what
 * was there. A release made with a tool of its own (`flit publish`) never looked at what the source asks for.
 */
export function requirementsOf(build: BuildSystem, pins: Pins): string[] {
  const pinned = new Map(
    pins.constraints.filter((line) => line.includes('==')).map((line) => [requirementName(line), line]),
  );
  const declared = build.requires.map((requirement) =>
    /[[;@]/.test(requirement) ? requirement : (pinned.get(requirementName(requirement)) ?? requirement),
  );
  return [...declared, ...pins.extra];
}
