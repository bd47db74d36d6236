import type { Fields } from '../entry.ts';
import { decodeName } from '../names.ts';
import type { CentralRecord } from './central.ts';
import { dosTime } from './dos-time.ts';

/** "version made by", upper byte: APPNOTE.TXT 4.4.2. */
const systems: Readonly<Record<number, string>> = { 0: 'MS-DOS/Windows', 3: 'Unix', 10: 'NTFS', 19: 'macOS' };

function hex(value: number, width: number): string {
  return `0x${value.toString(16).padStart(width, '0')}`;
}

function centralFields(central: CentralRecord): Fields {
  const mode = central.externalAttributes >>> 16;
  const fields: Fields = {
    mtime: dosTime(central.date, central.time),
    mode: mode.toString(8).padStart(6, '0'),
    dos_attributes: hex(central.externalAttributes & 0xffff, 4),
    create_system: `${central.createSystem} (${systems[central.createSystem] ?? 'other'})`,
    create_version: String(central.createVersion),
    extract_version: String(central.extractVersion),
    flags: hex(central.flags, 4),
    method: String(central.method),
    internal_attributes: hex(central.internalAttributes, 4),
  };
  if (central.extra.rest !== '') fields['extra'] = central.extra.rest;
  if (central.zip64Unused !== '') fields['zip64_unused'] = `0x${central.zip64Unused}`;
  if (central.extra.times !== '') fields['extra_times'] = central.extra.times;
  if (central.comment.byteLength > 0) fields['comment'] = JSON.stringify(decodeName(central.comment).name);
  if (central.disk !== 0) fields['disk'] = String(central.disk);
  return fields;
}

const knownMax = 4096;

/** Fields of the records of one central directory: most have the same but for name, sizes and place. */
export class CentralFields {
  readonly #known = new Map<string, Fields>();

  /** What the record says. Shared between records: never changed. */
  of(central: CentralRecord): Fields {
    // A comment can be long.
    if (central.comment.byteLength > 0) return centralFields(central);
    const { createVersion, createSystem, extractVersion, flags, method, time, date, disk } = central;
    const { extra, zip64Unused, internalAttributes, externalAttributes } = central;
    const numbers = `${createVersion} ${createSystem} ${extractVersion} ${flags} ${method} ${time} ${date} ${disk}`;
    const key = `${numbers} ${internalAttributes} ${externalAttributes} ${zip64Unused};${extra.times};${extra.rest}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fields = centralFields(central);
    if (this.#known.size < knownMax) this.#known.set(key, fields);
    return fields;
  }
}
