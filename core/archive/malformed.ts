import type { Place } from './reading.ts';

/** Bytes that break their format's rules at `place`; what holds them is then compared as bytes. */
export class Malformed extends Error {
  readonly place: Place;
  readonly offset: number | undefined;

  constructor(place: Place, message: string, offset?: number) {
    super(message);
    this.name = 'Malformed';
    this.place = place;
    this.offset = offset;
  }
}

/** A budget of the whole reading is used up: what was read so far stands, the rest is cut. */
export class BudgetSpent extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BudgetSpent';
  }
}
