import { gatewayUrlInSandbox } from '#schemas/gateway.ts';

/** How pip finds the gateway inside of a sandbox, and nothing else. */
export const pipVariables = {
  PIP_CONFIG_FILE: '/dev/null',
  PIP_INDEX_URL: `${gatewayUrlInSandbox}/simple/`,
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_CACHE_DIR: '1',
  PIP_NO_INPUT: '1',
  PIP_PROGRESS_BAR: 'off',
  PIP_DEFAULT_TIMEOUT: '120',
} as const;
