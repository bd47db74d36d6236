import { Option } from 'commander';

/** Of commands that take passes into account: the same words and the same reading in each. */
export function refusePassOption(description: string): Option {
  return new Option('--refuse-pass <id>', description).argParser(
    (id: string, before: readonly string[] = []) => [...before, id],
  );
}
