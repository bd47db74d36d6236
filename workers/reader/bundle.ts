// Makes the reader's modules into one file: `node workers/reader/bundle.ts FILE`. A process of its own, since this takes
// more memory than a comparison.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const [file = ''] = process.argv.slice(2);
const bundle = await rolldown({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  input: fileURLToPath(new URL('main.ts', import.meta.url)),
  platform: 'node',
  external: /^node:/,
  onLog: (_level, { message }) => {
    throw new Error(message);
  },
});
await bundle.write({ file, format: 'esm', codeSplitting: false });
await bundle.close();
