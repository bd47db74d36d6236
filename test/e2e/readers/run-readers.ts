import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { buildGo } from '#test/harness/build-go.ts';

/** A member as a reader has it: its name's bytes as latin1, its kind, the digest of its content or where it links to. */
export type ReadMember = readonly [name: string, kind: string, content: string];

const Answer = z.union([
  z.array(z.tuple([z.string(), z.string(), z.string()])),
  z.object({ error: z.string() }),
]);
const Line = z.object({ path: z.string(), answers: z.record(z.string(), Answer) });

/** What each reader made of one file; a text for one that refused it. */
export type Answers = ReadonlyMap<string, readonly ReadMember[] | string>;

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** What brings it. */
  readonly from: string;
}

const here = import.meta.dirname;

/** Go is compiled once; Java compiles its one file by itself. */
async function programs(folder: string): Promise<Program[]> {
  const compiled = join(folder, 'read-archives');
  await buildGo(here, 'main.go', compiled);
  return [
    {
      command: 'python3',
      args: [join(here, 'read_archives.py')],
      from: 'apt-get install python3 libarchive13',
    },
    {
      command: 'java',
      args: [join(here, 'ReadArchives.java')],
      from: 'apt-get install openjdk-17-jdk-headless',
    },
    { command: compiled, args: [], from: 'deploy/go.sh' },
  ];
}

function run({ command, args, from }: Program, paths: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [out, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => errors.push(piece));
    child.on('error', () => reject(new Error(`${command} is needed: ${from}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else
        reject(
          new Error(
            `${command} ended with ${code} (apt-get install ${from}): ${Buffer.concat(errors).toString()}`,
          ),
        );
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${paths.join('\n')}\n`);
  });
}

/**
 * Reads all archives with Python's modules, libarchive (as files and as streams), Java (also both) and Go. The file names
 * end in the format. @throws Error which names the program that is missing
 */
export async function runReaders(folder: string, paths: readonly string[]): Promise<Map<string, Answers>> {
  const results = new Map(paths.map((path) => [path, new Map<string, readonly ReadMember[] | string>()]));
  const outputs = await Promise.all((await programs(folder)).map((program) => run(program, paths)));
  for (const line of outputs.flatMap((text) => text.trim().split('\n'))) {
    const { path, answers } = Line.parse(JSON.parse(line));
    for (const [reader, answer] of Object.entries(answers))
      results.get(path)?.set(reader, Array.isArray(answer) ? answer : answer.error);
  }
  return results;
}
