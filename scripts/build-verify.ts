import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * Builds the verifier as a package of its own: JavaScript with types, no service, no command line. Node strips types from
 * no file under node_modules, so that what others import has to be built. `node scripts/build-verify.ts [folder]`
 */
const root = join(import.meta.dirname, '..');
const output = resolve(process.argv[2] ?? join(root, 'dist/verify'));
/** Inside of the checkout, where the libraries are found; one for each run. */
const sources = join(root, 'dist', `.verify-sources-${process.pid}`);

/** All that the verifier may import; what of it is reached is built. */
const folders = ['verify', 'schemas', 'core'];
/** Libraries that whoever verifies has to trust too. */
const allowed = /^(?:zod|@sigstore\/[a-z-]+)$/;

try {
  await rm(output, { recursive: true, force: true });
  await mkdir(sources, { recursive: true });
  for (const folder of folders) await cp(join(root, folder), join(sources, folder), { recursive: true });
  for (const path of await filesBelow(sources))
    await edit(path, (text) =>
      text.replace(/(?<=')#((?:verify|schemas|core)\/[^']+)(?=')/g, (_, inner: string) =>
        relativeTo(path, join(sources, inner)),
      ),
    );
  await compile();
  for (const path of await filesBelow(output))
    await edit(path, (text) => text.replace(/(?<=from ["']\.{1,2}\/[^"']*)\.ts(?=["'])/g, '.js'));
  await writeManifest();
  await cp(join(root, 'LICENSE'), join(output, 'LICENSE'));
  await cp(join(root, 'verify/README.md'), join(output, 'README.md'));
} finally {
  await rm(sources, { recursive: true, force: true });
}

async function compile(): Promise<void> {
  const project = join(sources, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: sources,
    outDir: output,
  };
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: ['verify/index.ts'],
  };
  await writeFile(project, JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', project]).catch((error: { stdout?: string }) => {
    throw new Error(`The verifier does not compile:\n${error.stdout ?? ''}`);
  });
}

async function writeManifest(): Promise<void> {
  const { version, license, dependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as {
    version: string;
    license: string;
    dependencies: Record<string, string>;
  };
  const used = [...(await importedLibraries())].sort().map((name) => {
    if (!allowed.test(name)) throw new Error(`The verifier must not need ${name}.`);
    return [name, dependencies[name]] as const;
  });
  const manifest = {
    name: '@assay/verify',
    version,
    // Until it is published: nobody publishes it by mistake.
    private: true,
    description:
      'Verifies what Assay and other builders signed about a file: offline, strict, without the service.',
    license,
    type: 'module',
    engines: { node: '>=22' },
    sideEffects: false,
    exports: { '.': { types: './verify/index.d.ts', default: './verify/index.js' } },
    dependencies: Object.fromEntries(used),
  };
  await writeFile(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Names of packages in the built files; what is Node's own is none. */
async function importedLibraries(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const path of await filesBelow(output)) {
    if (!path.endsWith('.js')) continue;
    for (const [, name = ''] of (await readFile(path, 'utf8')).matchAll(/\bfrom ["']([^"'.][^"']*)["']/g))
      if (!name.startsWith('node:')) names.add(name);
  }
  return names;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:js|ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(path, 'utf8');
  const after = change(before);
  if (after !== before) await writeFile(path, after);
}

function relativeTo(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
