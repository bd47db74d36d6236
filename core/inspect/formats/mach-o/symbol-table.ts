import { BinaryReader } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';

/** N_OSO: an object file that was linked, with the time of that file as its value. <mach-o/stab.h> */
const objectFile = 0x66;

function timeAt(bytes: Uint8Array, at: number, littleEndian: boolean): string {
  return new Date(new BinaryReader(bytes, littleEndian).u32(at) * 1000).toISOString();
}

/**
 * A table of symbols for debuggers holds the times of the object files that were linked: where nothing else differs,
 * these are told, as `object file time`.
 */
export function symbolTableLook(wide: boolean, littleEndian: boolean): Look {
  const each = wide ? 16 : 12;
  return (_name, a, b) => {
    if (a.bytes.byteLength !== b.bytes.byteLength) return undefined;
    const times = new Map<string, { a: string; b: string; offset: number }>();
    for (let at = 0; at + each <= a.bytes.byteLength; at += each) {
      const [one, other] = [a, b].map(({ bytes }) => bytes.subarray(at, at + each));
      if (one === undefined || other === undefined || Buffer.compare(one, other) === 0) continue;
      const onlyTime =
        one[4] === objectFile && Buffer.compare(one.subarray(0, 8), other.subarray(0, 8)) === 0;
      if (!onlyTime) return undefined;
      const value = littleEndian || !wide ? 8 : 12;
      const told = { a: timeAt(one, value, littleEndian), b: timeAt(other, value, littleEndian) };
      times.set(`${told.a} ${told.b}`, { ...told, offset: a.start + at + value });
    }
    return [...times.values()].map((told) => ({ kind: 'changed', name: 'object file time', ...told }));
  };
}
