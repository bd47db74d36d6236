import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { StoredToken, TokenStore } from '#services/identity/token-store.ts';

/** Tokens by hash, in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly #byHash = new Map<Sha256, StoredToken>();

  async create({ hash, ...token }: StoredToken & { readonly hash: Sha256 }): Promise<void> {
    const holder = [...this.#byHash.values()].find(({ name }) => name === token.name);
    if (holder !== undefined && holder.expiresAt > token.createdAt)
      throw new AppError('conflict', `There is a token named ${token.name} already`);
    this.#byHash.set(hash, token);
  }

  async findByHash(hash: Sha256): Promise<StoredToken | undefined> {
    return this.#byHash.get(hash);
  }

  async list(): Promise<StoredToken[]> {
    return [...this.#byHash.values()].reverse();
  }

  async revoke(id: string): Promise<boolean> {
    const entry = [...this.#byHash].find(([, token]) => token.id === id);
    return entry !== undefined && this.#byHash.delete(entry[0]);
  }

  /** All that is kept, for looking whether a secret is among it. */
  dump(): string {
    return JSON.stringify([...this.#byHash]);
  }
}
