import type { JobsOptions, Processor } from 'bullmq';

/** What of a BullMQ `Queue` we use, whatever its backend. */
export interface Producer {
  add(name: string, data: unknown, options: JobsOptions): Promise<unknown>;
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** What of a BullMQ `Worker` we use, whatever its backend. */
export interface Consumer {
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Where BullMQ keeps its queues. One implementation for each kind of server. */
export interface Transport {
  /** As an operator would name the server. */
  readonly server: 'PostgreSQL' | 'Redis';
  /** Makes the server ready for BullMQ (migrations); safe at the same time from several processes. */
  prepare(): Promise<void>;
  producer(name: string): Producer;
  consumer(name: string, process: Processor, concurrency: number): Consumer;
  /** After all producers and consumers are closed. */
  close(): Promise<void>;
}

/**
 * Short locks, so that what a killed consumer held is delivered again within 20 s. A lock is renewed while its handler
 * runs, however long; a message that stalls often is still a message (the claim decides).
 */
export const consumerTimes = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
} as const;
