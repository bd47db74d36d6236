import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fulcioConfig } from './fulcio-config.ts';
import { filesOf, makeMaterial, type MaterialFolders } from './material.ts';
import { signingConfig, trustedRoot, type StackUrls, type TrustedRoot } from './trusted-root.ts';

/** What is made before any server starts. */
export interface StackFiles {
  readonly trustedRootFile: string;
  readonly trustedRoot: TrustedRoot;
  readonly signingConfigFile: string;
}

/** Makes keys and certificates, Fulcio's configuration, and in `folders.trust` what clients and verifiers are given. */
export async function makeStackFiles(
  urls: StackUrls,
  folders: MaterialFolders & { readonly trust: string },
): Promise<StackFiles> {
  const material = await makeMaterial(folders);
  await mkdir(folders.trust, { recursive: true });
  const root = trustedRoot(urls, material);
  const trustedRootFile = join(folders.trust, trustedRootName);
  const signingConfigFile = join(folders.trust, 'signing_config.json');
  await writeJson(filesOf.fulcio(folders.fulcio).config, fulcioConfig(urls.issuerUrl));
  await writeJson(signingConfigFile, signingConfig(urls, material));
  // Last: where it is, all is.
  await writeJson(trustedRootFile, root);
  return { trustedRootFile, trustedRoot: root, signingConfigFile };
}

export const trustedRootName = 'trusted_root.json';

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
}
