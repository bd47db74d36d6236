import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Cause, Comparison } from '#schemas/comparison.ts';
import { buildTar } from '../../archive/build-tar.ts';

/** Where Debian has the programs that these suites run; scripts/ensure-test-programs.ts brings them. */
const packages: Readonly<Record<string, string>> = {
  gcc: 'gcc libc6-dev',
  javac: 'openjdk-17-jdk-headless',
  jar: 'openjdk-17-jdk-headless',
  jarsigner: 'openjdk-17-jdk-headless',
  keytool: 'openjdk-17-jre-headless',
  javadoc: 'openjdk-17-jdk-headless',
  xz: 'xz-utils',
};

/** A folder of its own for each suite, in which real tools make what is compared. */
export class Workshop {
  #folder = '';

  constructor() {
    beforeAll(() => {
      this.#folder = mkdtempSync(join(tmpdir(), 'assay-tools-'));
    });
    afterAll(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, content: string | Buffer): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  /** Runs a program in the folder, or in one below it, with a clean environment. */
  run(
    program: string,
    args: readonly string[],
    options: { in?: string; env?: Record<string, string> } = {},
  ): Buffer {
    const cwd = options.in === undefined ? this.#folder : this.path(options.in);
    mkdirSync(cwd, { recursive: true });
    const env = {
      PATH: process.env['PATH'],
      HOME: this.#folder,
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      ...options.env,
    };
    try {
      return execFileSync(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
      throw new Error(`${program} is missing: apt-get install ${packages[program] ?? program}`, {
        cause: error,
      });
    }
  }
}

export function compare(a: Buffer, b: Buffer): Promise<Comparison> {
  return compareSources(memorySource(a), memorySource(b));
}

/** Compares two contents as a member of an archive, by which their name is known. */
export function compareAs(name: string, a: Buffer | string, b: Buffer | string): Promise<Comparison> {
  return compare(buildTar([{ name, data: a }]), buildTar([{ name, data: b }]));
}

/** What a comparison claims as this cause. */
export function causeOf({ causes }: Pick<Comparison, 'causes'>, id: string): Cause | undefined {
  return causes.find((cause) => cause.id === id);
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/tools/${name}`, import.meta.url));
}
