import type { Api, ApiDependencies } from '../dependencies.ts';
import { fileProvenance } from './file-provenance.ts';
import { attestationLines } from './json-lines.ts';
import { packageAttestations } from './package-attestations.ts';
import { repositoryAttestations } from './repository-attestations.ts';

/** What is public, in the shapes that other tools' clients ask for. Anonymous whoever asks. docs/consumers.md */
export function consumers(app: Api, deps: ApiDependencies): void {
  for (const operation of [attestationLines, repositoryAttestations, packageAttestations, fileProvenance])
    operation(app, deps);
}
