/** An id that a linker or compiler gives to what it makes. */
export interface BuildId {
  readonly kind: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const idBytesMax = 64;

/** ELF: a note of type 3 by GNU (`.note.gnu.build-id`). */
function gnuBuildId(buffer: Buffer): BuildId | undefined {
  const owner = Buffer.from('GNU\0');
  for (let at = buffer.indexOf(owner); at !== -1; at = buffer.indexOf(owner, at + 4)) {
    if (at < 12) continue;
    const little = buffer[5] !== 2;
    const word = (offset: number) => (little ? buffer.readUInt32LE(offset) : buffer.readUInt32BE(offset));
    const size = word(at - 8);
    if (word(at - 12) !== 4 || word(at - 4) !== 3 || size === 0 || size > idBytesMax) continue;
    const end = at + 4 + size;
    if (end > buffer.byteLength) return undefined;
    return { kind: 'GNU build id', value: buffer.toString('hex', at + 4, end), start: at + 4, end };
  }
  return undefined;
}

/** Go: a string near the beginning of the code, and in a note of ELF. */
function goBuildId(buffer: Buffer): BuildId | undefined {
  const marker = Buffer.from('\u00ff Go build ID: "', 'latin1');
  const at = buffer.indexOf(marker);
  if (at === -1) return undefined;
  const start = at + marker.byteLength;
  const end = buffer.indexOf(0x22, start);
  if (end === -1 || end - start > 200) return undefined;
  return { kind: 'Go build id', value: buffer.toString('latin1', start, end), start, end };
}

/** PE: what leads from a program to its .pdb, `RSDS`, GUID, age, path. */
function pdbGuid(buffer: Buffer): BuildId | undefined {
  if (buffer.readUInt16BE(0) !== 0x4d5a) return undefined;
  const at = buffer.indexOf('RSDS');
  if (at === -1 || at + 24 > buffer.byteLength) return undefined;
  return {
    kind: 'PDB GUID',
    value: buffer.toString('hex', at + 4, at + 20),
    start: at + 4,
    end: at + 24,
  };
}

const lcUuid = 0x1b;
const commandsMax = 4096;

/** Mach-O, thin: load command LC_UUID. */
function machUuid(buffer: Buffer): BuildId | undefined {
  const magic = buffer.readUInt32LE(0);
  if (magic !== 0xfeedface && magic !== 0xfeedfacf) return undefined;
  let at = magic === 0xfeedfacf ? 32 : 28;
  const count = Math.min(buffer.readUInt32LE(16), commandsMax);
  for (let command = 0; command < count && at + 24 <= buffer.byteLength; command += 1) {
    const size = buffer.readUInt32LE(at + 4);
    if (buffer.readUInt32LE(at) === lcUuid)
      return { kind: 'LC_UUID', value: buffer.toString('hex', at + 8, at + 24), start: at + 8, end: at + 24 };
    if (size < 8) return undefined;
    at += size;
  }
  return undefined;
}

/** The build ids of a program or library. Costs a search or two. */
export function buildIdsOf(bytes: Uint8Array): BuildId[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.byteLength < 64) return [];
  const elf = buffer.readUInt32BE(0) === 0x7f454c46;
  const found = [elf ? gnuBuildId(buffer) : undefined, goBuildId(buffer), pdbGuid(buffer), machUuid(buffer)];
  return found.filter((id) => id !== undefined);
}
