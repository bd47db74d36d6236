import { defaultLimits, type Environment, type Recipe, type Source, type Step } from '#schemas/recipe.ts';
import { inputsFolder, workFolder } from '../../sandbox/layout.ts';
import { pipVariables } from './client-variables.ts';
import { clockOf } from './clock.ts';
import { pinsOf, requirementsOf } from './constraints.ts';
import type { SdistFacts, WheelFacts } from './facts.ts';
import { permissionsOf } from './permissions.ts';

/** What inference knows. All but `frontend` and `architecture` comes from the registry and from readers. */
export interface Evidence {
  readonly wheelFile: string;
  /** When the wheel was uploaded, RFC 3339: what was published later cannot have been used. */
  readonly uploadedAt: string;
  readonly wheel: WheelFacts;
  readonly source: Source;
  readonly sdist: SdistFacts & { readonly top: string };
  readonly architecture: Environment['architecture'];
  /** Text of build-frontend.py. */
  readonly frontend: string;
}

const environmentPython = `${workFolder}/env/bin/python`;
const frontendFile = 'build-frontend.py';
const frontend = `${inputsFolder}/${frontendFile}`;
const asked = `${workFolder}/asked.json`;

/** A recipe with one choice of clock; the rest follows from the evidence. */
export function recipeFor(evidence: Evidence): Recipe {
  const { wheel, sdist, source } = evidence;
  const { clock, note } = clockOf(wheel);
  const pins = pinsOf(wheel, sdist.buildSystem);
  const permissions = permissionsOf(wheel, sdist);
  const universal =
    evidence.wheelFile.endsWith('-py2.py3-none-any.whl') && !sdist.universal && bySetuptools(wheel);
  const files = [
    { path: `in/${frontendFile}`, text: evidence.frontend },
    ...(pins.constraints.length > 0
      ? [{ path: 'in/constraints.txt', text: `${pins.constraints.join('\n')}\n` }]
      : []),
  ];
  return {
    schemaVersion: 1,
    by: 'inferred',
    ecosystem: 'pypi',
    source,
    environment: {
      kind: 'debian',
      suite: 'bookworm',
      architecture: evidence.architecture,
      packages: [
        'python3',
        'python3-pip',
        'python3-venv',
        ...(source.file.endsWith('.zip') ? ['unzip'] : []),
      ],
    },
    clock,
    registry: { protocol: 'pypi', before: evidence.uploadedAt },
    variables: {
      ...pipVariables,
      ...(pins.constraints.length > 0 ? { PIP_CONSTRAINT: `${inputsFolder}/constraints.txt` } : {}),
      // a set's order must not decide between two verdicts
      PYTHONHASHSEED: '0',
      BUILD_UMASK: permissions.umask,
      ...(clock.sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(clock.sourceDateEpoch) }),
    },
    files,
    steps: stepsFor(evidence, { install: requirementsOf(sdist.buildSystem, pins), permissions, universal }),
    outputs: [`out/${evidence.wheelFile}`],
    limits: defaultLimits,
    notes: [
      ...pins.notes,
      note,
      ...permissions.notes,
      ...(universal ? ['the name says py2.py3, which setup.cfg does not: built with --universal'] : []),
      ...(wheel.madeOnWindows ? ['the wheel was made on Windows'] : []),
    ],
  };
}

function stepsFor(
  { sdist, source }: Evidence,
  how: {
    install: readonly string[];
    permissions: { umask: string; keepModes: boolean };
    universal: boolean;
  },
): Step[] {
  const { backend, backendPath } = sdist.buildSystem;
  const cwd = `src/${sdist.top}`;
  return [
    { name: 'unpack', phase: 'prepare', run: unpack(source.file, how.permissions) },
    {
      name: 'make-environment',
      phase: 'prepare',
      run: ['python3', '-m', 'venv', '--without-pip', `${workFolder}/env`],
    },
    ...(how.install.length > 0
      ? [
          {
            name: 'install-requirements',
            phase: 'dependencies' as const,
            run: [
              'python3',
              '-m',
              'pip',
              '--python',
              environmentPython,
              'install',
              '--no-compile',
              '--',
              ...how.install,
            ],
          },
        ]
      : []),
    {
      name: 'ask-backend',
      phase: 'build',
      cwd,
      run: [environmentPython, frontend, 'requires', asked, '--', backend, ...backendPath],
    },
    { name: 'install-asked', phase: 'dependencies', run: ['python3', frontend, 'install', asked] },
    {
      name: 'build-wheel',
      phase: 'build',
      cwd,
      run: [
        environmentPython,
        frontend,
        'wheel',
        `${workFolder}/out`,
        ...(how.universal ? ['--universal'] : []),
        '--',
        backend,
        ...backendPath,
      ],
    },
  ];
}

/** The shell's text is fixed; hostile names are its arguments. */
function unpack(file: string, how: { umask: string; keepModes: boolean }): string[] {
  const shell = ['/bin/sh', '-e', '-c'];
  const source = `${inputsFolder}/${file}`;
  if (file.endsWith('.zip'))
    return [...shell, 'umask "$1"; exec unzip -q "$2" -d src', 'unpack', how.umask, source];
  const modes = how.keepModes ? '--same-permissions' : '--no-same-permissions';
  const tar =
    'umask "$1"; mkdir src; exec tar --extract --file "$2" --directory src --force-local --no-same-owner "$3"';
  return [...shell, tar, 'unpack', how.umask, source, modes];
}

function bySetuptools({ generator }: WheelFacts): boolean {
  return generator?.name === 'setuptools' || generator?.name === 'bdist_wheel';
}
