import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';
import type { CliIo } from '#cli/io.ts';
import { createProgram } from '#cli/program.ts';
import { version } from '#cli/version.ts';

describe('the command line', () => {
  it('lists its commands in its help', async () => {
    const { code, stdout, stderr } = await runInProcess(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  it.each(['rebuild', 'submit', 'wait', 'verify', 'diff', 'token', 'up', 'doctor'])(
    '%s --help is kept',
    async (command) => {
      const { code, stdout } = await runInProcess([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatchSnapshot();
    },
  );

  it('has each command with all that is below it, also where that one alone is loaded', async () => {
    const io = {} as CliIo;
    const below = ({ commands }: Command): unknown => commands.map((one) => [one.name(), below(one)]);
    const all = await createProgram(io, []);
    expect(JSON.stringify(below(all))).toContain('"attach"');
    for (const command of all.commands) {
      const [alone] = (await createProgram(io, [command.name()])).commands;
      expect([alone?.name(), alone && below(alone)]).toEqual([command.name(), below(command)]);
    }
  });

  it('prints its version on stdout', async () => {
    expect(await runInProcess(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it.each([
    [[]],
    [['bogus']],
    [['rebuild']],
    [['rebuild', '--bogus', 'pkg:pypi/x@1']],
    [['rebuild', 'idna']],
    [['rebuild', '--format', 'pdf', 'pkg:pypi/x@1']],
    [['rebuild', '--timeout', '-1', 'pkg:pypi/x@1']],
    [['rebuild', '--replay', 'x', 'pkg:pypi/x@1']],
    [['rebuild', '--recipe', 'assay.yaml']],
    [['rebuild', '--output', 'report', 'pkg:pypi/x@1']],
    [['submit', './file']],
    [['wait']],
    [['up', '--port', '99999']],
    [['token', 'create']],
    [['wait', 'x', '--api', 'file:///etc/passwd']],
  ])('%j is a usage error: exit 2, nothing on stdout, a word on stderr', async (args) => {
    const { code, stdout, stderr } = await runInProcess(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it('a service that cannot be reached is exit 5, and says what to check', async () => {
    const { code, stdout, stderr } = await runInProcess(['wait', 'x', '--api', 'http://127.0.0.1:9']);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('--api');
  });
});
