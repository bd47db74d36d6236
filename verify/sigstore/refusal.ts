import type { CheckName } from '../checks.ts';

/** Ends a verification from within; `verifySignature` turns it into data. */
export class Refusal extends Error {
  readonly check: CheckName;
  readonly expected: string;
  readonly actual: string;

  constructor(check: CheckName, expected: string, actual: string) {
    super(`${check}: expected ${expected}; found ${actual}`);
    this.check = check;
    this.expected = expected;
    this.actual = actual;
  }
}

/** @throws Refusal always */
export function refuse(check: CheckName, expected: string, actual: string): never {
  throw new Refusal(check, expected, actual);
}
