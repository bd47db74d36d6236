import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/**
 * Holds the directions of docs/architecture.md: the rules of .dependency-cruiser.cjs, and that the names of ecosystems
 * appear only where they may. dependency-cruiser finds nothing and is content when it cannot read TypeScript: so what it
 * looked at is counted.
 */
const folders = [
  'schemas',
  'core',
  'verify',
  'services',
  'workers',
  'cli',
  'scripts',
  'bench',
  'deploy',
  'test',
];
const modulesMin = 150;

const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(folders, options, undefined, {
  tsConfig: extractTsConfig('./tsconfig.json'),
});
const { modules, summary } = output as ICruiseResult;
const cruised = modules.filter(({ source }) => folders.some((folder) => source.startsWith(`${folder}/`)));

const faults = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
if (cruised.length < modulesMin) faults.push(`only ${cruised.length} modules were looked at`);
faults.push(...ecosystemNames());

for (const fault of faults) console.error(fault);
console.log(`${cruised.length} modules, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Names of ecosystems in code outside workers/ecosystems, the schemas and the tests: adding one is adding a folder. */
function ecosystemNames(): string[] {
  const names = readdirSync('workers/ecosystems', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  // The variable of an upstream is configuration, which names it.
  const pattern = new RegExp(`(?<![A-Z_])\\b(${names.join('|')})\\b`, 'i');
  return (
    cruised
      .map(({ source }) => source)
      .filter((source) => /^(core|services|verify|workers|cli)\//.test(source))
      .filter((source) => !source.startsWith('workers/ecosystems/'))
      // A cause names the tools that make it, and the fix in each.
      .filter((source) => !source.startsWith('core/explain/'))
      // Clients of other tools have the paths that they ask built in, with the registry's name in them.
      .filter((source) => source !== 'services/api/consumers/client-paths.ts')
      .flatMap((source) => {
        const lines = withoutComments(readFileSync(join(process.cwd(), source), 'utf8')).split('\n');
        return lines.flatMap((line, index) =>
          // npm is also what installs Assay itself.
          pattern.test(line.replace(/ASSAY_[A-Z_]+|pkg:[^\s'"`]+|npm (?:ci|package)\b/g, ''))
            ? [`ecosystem named in ${source}:${index + 1}`]
            : [],
        );
      })
  );
}

/** Comments may give examples. Lines keep their numbers. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}
