import type { Ecosystem } from '../ecosystem.ts';
import { pipVariables } from './client-variables.ts';
import { explainFailure } from './explain-failure.ts';
import { createPypiProtocol } from './gateway-protocol.ts';
import { pipSettings } from './pip-settings.ts';
import { recheckWheel } from './recheck.ts';
import { resolveWheel } from './resolve.ts';

/** Python packages: a published pure wheel, rebuilt from its sdist. */
export const pypi: Ecosystem = {
  purlType: 'pypi',
  upstreamVariable: 'ASSAY_PYPI_URL',
  clientPackage: 'python3-pip',
  machineSettings: pipSettings,
  resolve: resolveWheel,
  recheck: recheckWheel,
  explainFailure,
  protocol: createPypiProtocol,
  clientVariables: pipVariables,
};
