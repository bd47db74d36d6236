import { readFileSync } from 'node:fs';

/** A file that a tool made which the tests do not ask for; `make.sh` beside it says how. */
export function codecFixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/codecs/${name}`, import.meta.url));
}

/** The sha256 of what the fixtures of this name hold. */
export function fixtureDigest(name: string): string {
  return codecFixture(`${name}.sha256`).toString().trim();
}
