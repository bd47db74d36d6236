import type { z } from '@hono/zod-openapi';
import { ApiConfig } from './api.ts';
import { AttestConfig } from './attest.ts';
import { CheckConfig } from './check.ts';
import { CompareConfig } from './compare.ts';
import { GatewayConfig } from './gateway.ts';
import { RebuildConfig } from './rebuild.ts';
import { ResolveConfig } from './resolve.ts';

/** Every process with the schema of its environment. */
const processes = {
  'services/api': ApiConfig,
  'services/gateway': GatewayConfig,
  'workers/resolve': ResolveConfig,
  'workers/rebuild': RebuildConfig,
  'workers/compare': CompareConfig,
  'workers/attest': AttestConfig,
  'assay check': CheckConfig,
} as const;

/** docs/configuration.md: one table a process. */
export function describeConfig(): string {
  const tables = Object.entries(processes).map(
    ([name, schema]) => `## ${name}\n\n${tableOf(schema.in.shape)}`,
  );
  return `# Configuration

Each process reads its own variables and no other's: its schema in \`services/config/\` cannot name a secret that the
process must not have. All faults are reported at once, and no value is repeated in a message. \`./assay up\` sets all of
them; of its own environment it passes on those that are set by the operator, to the process that they concern.
Credentials of S3 are the SDK's own variables (\`AWS_ACCESS_KEY_ID\`, …), for the api alone.

\`scripts/write-config-docs.ts\` writes this page from the schemas.

${tables.join('\n')}`;
}

function tableOf(shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(shape)
    .toSorted(([x], [y]) => x.localeCompare(y))
    .map(
      ([variable, schema]) =>
        `| \`${variable}\` | ${presence(schema)} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`,
    );
  return `| variable | | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Whether it must be set, may be, or has a default. */
function presence(schema: z.ZodType): string {
  const { def } = schema as unknown as {
    def: { type: string; defaultValue?: unknown; innerType?: z.ZodType };
  };
  if (def.type === 'default') return `default \`${String(def.defaultValue)}\``;
  return def.type === 'optional' ? 'optional' : 'required';
}
