/** One thing that a rebuild here needs (`required`) or that only makes it better. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'missing' | 'limited';
  readonly required: boolean;
  /** What was found, in words. */
  readonly found: string;
  /** How to mend it; always there unless all is well. */
  readonly remedy?: string;
}

export function ok(name: string, found: string, required = true): Check {
  return { name, status: 'ok', required, found };
}

/** Without it no rebuild can be made here. */
export function missing(name: string, found: string, remedy: string): Check {
  return { name, status: 'missing', required: true, found, remedy };
}

/** A rebuild can be made, but less is limited or shown. */
export function limited(name: string, found: string, remedy: string): Check {
  return { name, status: 'limited', required: false, found, remedy };
}
