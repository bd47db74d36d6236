import { compareAs } from '../tools/made.ts';

/** The causes of two texts (or binaries), most likely first. */
export async function causeIds(a: Buffer | string, b: Buffer | string, name = 'f.txt'): Promise<string[]> {
  return (await compareAs(name, a, b)).causes.map(({ id }) => id);
}
