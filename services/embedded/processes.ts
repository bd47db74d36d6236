/** Every process of the service besides PostgreSQL: where it starts and the system user it runs as when we are root. */
export const embeddedProcesses = {
  api: { main: 'services/api/main.ts', user: 'assay-api' },
  gateway: { main: 'services/gateway/main.ts', user: 'assay-gateway' },
  resolve: { main: 'workers/resolve/main.ts', user: 'assay-resolve' },
  rebuild: { main: 'workers/rebuild/main.ts', user: 'assay-rebuild' },
  compare: { main: 'workers/compare/main.ts', user: 'assay-compare' },
  attest: { main: 'workers/attest/main.ts', user: 'assay-attest' },
} as const;

export type EmbeddedProcess = keyof typeof embeddedProcesses;
export const embeddedProcessNames = Object.keys(embeddedProcesses) as EmbeddedProcess[];
