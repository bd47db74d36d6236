import type { Part } from '#schemas/comparison.ts';
import type { Work } from './work.ts';

/**
 * How one format is looked into. Pure; what it is given is hostile. `name` is the member's name (empty for the file
 * itself, whose name a reader is not told), so that a format with a magic number must be known by that alone.
 */
export interface Inspector {
  readonly id: string;
  /** The format in words, for the docs. */
  readonly title: string;
  /** Whether a content looks like this format, by its name and its first bytes (up to 512). */
  recognises(name: string, head: Uint8Array): boolean;
  /**
   * Where two whole contents disagree; undefined where one of them is not of this format after all. Throws WorkSpent,
   * nothing else. Symmetric but for the names of the sides.
   */
  inspect(a: Uint8Array, b: Uint8Array, work: Work): Inspection | undefined;
}

export interface Inspection {
  readonly parts: readonly Part[];
  /** Whether the parts account for each byte by which the two differ: what passes may rest on. */
  readonly complete: boolean;
}
