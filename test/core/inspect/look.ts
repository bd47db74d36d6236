import { inspect, type Inspected } from '#core/inspect/inspect.ts';
import { Work } from '#core/inspect/work.ts';

/** A look inside two contents with room enough, by all inspectors. */
export function look(name: string, a: string | Uint8Array, b: string | Uint8Array): Inspected | undefined {
  return inspect(name, Buffer.from(a), Buffer.from(b), new Work(512 * 1024 ** 2), () => {
    throw new Error('a format took more work than it may');
  });
}

/** The parts of a look that must be complete and of this format, without their offsets. */
export function partsOf(
  format: string,
  name: string,
  a: string | Uint8Array,
  b: string | Uint8Array,
): Omit<Inspected['parts'][number], 'offset'>[] {
  const found = look(name, a, b);
  if (found?.format !== format || !found.complete) throw new Error(`${found?.format} instead of ${format}`);
  return found.parts.map((part) => {
    const copy = { ...part };
    delete copy.offset;
    return copy;
  });
}
