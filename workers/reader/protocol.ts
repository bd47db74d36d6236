import type { FactsRequest } from '#core/archive/archive-facts.ts';
import type { CompareOptions } from '#core/compare/options.ts';

/** Descriptors that the child inherits: the first file, and for a comparison the second. */
export const descriptors = { a: 3, b: 4 } as const;

/** What a reader is asked, as one JSON argument. It carries nothing that an artifact's author wrote. */
export type ReaderRequest =
  | { readonly operation: 'facts'; readonly size: number; readonly facts: FactsRequest }
  | {
      readonly operation: 'compare';
      readonly sizes: readonly [number, number];
      readonly options: CompareOptions;
    };

/** What a reader answers, as one JSON text on stdout; checked by a schema before anything believes it. */
export type ReaderAnswer = { readonly result: unknown } | { readonly error: string };
