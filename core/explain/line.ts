/** A line of a text, or a printable run of a binary, with its offset in the content. */
export interface Line {
  readonly text: string;
  readonly offset: number;
}

/** Two lines that are each other, changed. */
export interface ChangedLine {
  readonly a: string;
  readonly b: string;
  /** Offset of the line in `a`'s content. */
  readonly offset: number;
}
