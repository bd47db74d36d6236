import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startCli } from '#test/harness/cli/loaded-modules.ts';
import manifest from '../../package.json' with { type: 'json' };

const commands = readdirSync(join(import.meta.dirname, '../../cli/commands'));

/** Of what is loaded for a help: options and texts, how errors are told, no work and no schema. */
const forHelp =
  /^(package\.json|cli\/[a-z-]+\.ts|cli\/commands\/[a-z-]+\.ts|cli\/(upstream|verify)\/[a-z-]*flags\.ts|core\/(errors|text)\/[a-z-]+\.ts|schemas\/(error-registry|predicate-types)\.ts)$/;

describe('the command line', () => {
  test.each(['--version', '-V'])('answers %s without loading a command or a package', (flag) => {
    const { status, stdout, modules, packages } = startCli([flag]);
    expect({ status, stdout, packages }).toEqual({
      status: 0,
      stdout: `${manifest.version}\n`,
      packages: [],
    });
    expect(modules).toEqual(['cli/main.ts', 'cli/quick-diff.ts', 'cli/version.ts', 'package.json']);
  });

  test('shows the help of all commands by their options and texts alone: none loads what it does before it acts', () => {
    const { status, stdout, modules, packages } = startCli(['--help']);
    expect({ status, packages }).toEqual({ status: 0, packages: ['commander'] });
    expect(stdout).toContain('rebuild [options] [artifact]');
    expect(modules.filter((path) => path.startsWith('cli/commands/'))).toEqual(
      commands.map((name) => `cli/commands/${name}`).sort(),
    );
    expect(modules.filter((path) => !forHelp.test(path))).toEqual([]);
  });

  test('loads of one command that command alone', () => {
    const { modules } = startCli(['token', 'create', '--help']);
    expect(modules.filter((path) => path.startsWith('cli/commands/'))).toEqual(['cli/commands/token.ts']);
  });

  test('loads what a command does when it acts', () => {
    const { status, modules } = startCli(['verify', 'no-such-file']);
    expect(status).not.toBe(0);
    expect(modules).toContain('cli/actions/verify.ts');
    expect(modules.filter((path) => path.startsWith('cli/actions/'))).toHaveLength(1);
  });
});
