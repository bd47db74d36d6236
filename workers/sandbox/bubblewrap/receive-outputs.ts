import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RelativePath } from '#schemas/text.ts';

/** Writes handed-over outputs below the hand-over folder, one after the other. */
export interface OutputReceiver {
  /** @returns false when the output does not fit in what is left of the limit: nothing of it is written */
  begin(path: string, size: number): Promise<boolean>;
  write(bytes: Buffer): Promise<void>;
  /** Ends the file that is being written, if there is one. */
  end(): Promise<void>;
  readonly received: readonly { path: string; size: number }[];
}

/** `folder` is empty and ours; paths are those the recipe declared, never what a build named. */
export function receiveOutputs(folder: string, bytesMax: number): OutputReceiver {
  const received: { path: string; size: number }[] = [];
  let bytesLeft = bytesMax;
  let file: FileHandle | undefined;
  return {
    received,
    async begin(path, size) {
      await this.end();
      if (size > bytesLeft) return false;
      bytesLeft -= size;
      const target = join(folder, RelativePath.parse(path));
      await mkdir(dirname(target), { recursive: true });
      file = await open(target, 'wx', 0o644);
      received.push({ path, size });
      return true;
    },
    async write(bytes) {
      await file?.writeFile(bytes);
    },
    async end() {
      const ending = file;
      file = undefined;
      await ending?.close();
    },
  };
}
