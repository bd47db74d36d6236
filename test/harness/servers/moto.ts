import { fileURLToPath } from 'node:url';
import { installPythonPackages } from './python-packages.ts';

const requirements = fileURLToPath(new URL('s3-requirements.txt', import.meta.url));

/** The folder that holds moto, a server in Python that speaks AWS's APIs. @throws AppError `missing-component` */
export async function installMoto(): Promise<string> {
  return installPythonPackages('moto', requirements);
}
