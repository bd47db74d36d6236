import type { Publisher } from '../publisher.ts';
import { npmSettings } from './npm-settings.ts';
import { publishedPackage } from './published-package.ts';
import { registryKeys } from './registry-keys.ts';

/** JavaScript packages: what their registry says of them. They cannot be rebuilt yet. */
export const npm: Publisher = {
  purlType: 'npm',
  upstreamVariable: 'ASSAY_NPM_URL',
  machineSettings: npmSettings,
  ownKeys: registryKeys,
  published: publishedPackage,
};
