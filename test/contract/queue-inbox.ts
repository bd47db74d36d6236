import type { QueueMessage } from '#schemas/jobs.ts';

/** What a handler was given, and a way to wait for it. */
export class Inbox {
  readonly #arrived: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly take = async (message: QueueMessage): Promise<void> => {
    this.#arrived.push(message.jobId);
    for (const look of this.#waiting) look();
  };

  count(jobId: string): number {
    return this.#arrived.filter((id) => id === jobId).length;
  }

  async until(jobId: string, times = 1): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.count(jobId) < times) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
