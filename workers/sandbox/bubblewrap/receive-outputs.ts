import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { RelativePath } from '#schemas/text.ts';

/** Writes handed-over outputs below the hand-over folder, one after the other. */
export interface OutputReceiver {
  /** @returns false when the output does not fit in what is left of the limit: nothing of it is written */
  begin(path: string, size: number): Promise<boolean>;
  write(bytes: Buffer): Promise<void>;
  /** Ends the file that is being written. */
  end(): Promise<void>;
  readonly received: readonly { path: string; size: number }[];
}

/** `folder` is empty and ours; paths are those the recipe declared, never what a build named. */
export function receiveOutputs(folder: string, bytesMax: number): OutputReceiver {
  const received: { path: string; size: number }[] = [];
  let bytesLeft = bytesMax;
  let open: WriteStream | undefined;
  return {
    received,
    async begin(path, size) {
      await this.end();
      if (size > bytesLeft) return false;
      bytesLeft -= size;
      const target = join(folder, RelativePath.parse(path));
      await mkdir(dirname(target), { recursive: true });
      open = createWriteStream(target, { flags: 'wx', mode: 0o644 });
      await once(open, 'open');
      received.push({ path, size });
      return true;
    },
    async write(bytes) {
      if (open?.write(bytes) === false) await once(open, 'drain');
    },
    async end() {
      const ending = open;
      open = undefined;
      if (ending === undefined) return;
      ending.end();
      await once(ending, 'close');
    },
  };
}
