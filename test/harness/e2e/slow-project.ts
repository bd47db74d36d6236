import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Long enough to be disturbed in the middle of; its output differs each time, so that every kind of worker has work. */
const recipe = `
schemaVersion: 1
source: { path: src }
environment: { suite: bookworm }
steps:
  - sleep 2
  - mkdir -p dist && date +%s%N > dist/out.txt && sleep 2
outputs: [dist/out.txt]
`;

/** Makes it in `folder`; what `assay rebuild` and `assay submit` are given for it. */
export async function makeSlowProject(folder: string): Promise<['--recipe', string, string]> {
  await mkdir(join(folder, 'src'), { recursive: true });
  await mkdir(join(folder, 'dist'));
  const artifact = join(folder, 'dist', 'out.txt');
  await writeFile(join(folder, 'src', 'readme.txt'), 'nothing to see\n');
  await writeFile(artifact, 'published\n');
  await writeFile(join(folder, 'assay.yaml'), recipe);
  return ['--recipe', join(folder, 'assay.yaml'), artifact];
}
