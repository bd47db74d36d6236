import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder for half-written files. A file's name tells whose it is (process id and that process's start time, since ids
 * are used again), so that what a killed process left can be told from what is under way.
 */
export class TemporaryFiles {
  readonly #folder: string;
  readonly #owner: string;

  private constructor(folder: string, owner: string) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Makes the folder and removes what dead processes left in it. */
  static async open(folder: string): Promise<TemporaryFiles> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = new TemporaryFiles(folder, `${process.pid}-${await startTime(process.pid)}`);
    await files.#collect();
    return files;
  }

  /** A path that nobody else has. */
  next(): string {
    return join(this.#folder, `${this.#owner}-${randomUUID()}`);
  }

  async #collect(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const [pid = '', started] = name.split('-');
      const alive = /^\d+$/.test(pid) && (await startTime(Number(pid))) === started;
      if (!alive) await rm(join(this.#folder, name), { force: true });
    }
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)), in clock ticks since boot; `0` where there is no such process. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses and may itself hold any character.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}
