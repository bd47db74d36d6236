import type { Logger } from '#services/log/logger.ts';
import type { ObjectStore } from '#services/objects/object-store.ts';
import type { Store } from '#services/store/store.ts';
import type { GatewayGrant } from '#schemas/gateway.ts';
import type { Fact } from '#schemas/level.ts';
import type { Transaction } from 'kysely';
import type { Database } from '#services/store/tables.ts';

export type Tx = Transaction<Database>;

/** What every transaction of the control plane works with. */
export interface ControlDeps {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly log: Logger;
  readonly now: () => Date;
  /** Signs what an attempt may ask the gateway for. */
  readonly signGrant: (grant: GatewayGrant, expiresAtSeconds: number) => Promise<string>;
  /** Called after a transaction that wrote to the outbox. */
  readonly pokeDispatcher: () => void;
  /** Facts about this deployment, declared by the operator or measured at start. */
  readonly facts: readonly Fact[];
  readonly objectSizeMaxBytes: number;
  readonly quotaBytes: number;
}

/** How long a queued job waits for its first worker before workers are woken again. */
export const rewakeSeconds = 15;

export const changeChannel = 'assay_rebuild';
