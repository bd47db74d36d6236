/** An id that a linker or compiler gives to what it makes. */
export interface BuildId {
  readonly kind: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const idBytesMax = 100;

/** A note of ELF: sizes of owner and value, type, owner, value. */
function note(buffer: Buffer, owner: string, type: number): { start: number; end: number } | undefined {
  for (let at = buffer.indexOf(owner, 0, 'latin1'); at !== -1; at = buffer.indexOf(owner, at + 4, 'latin1')) {
    if (at < 12) continue;
    const little = buffer[5] !== 2;
    const word = (offset: number) => (little ? buffer.readUInt32LE(offset) : buffer.readUInt32BE(offset));
    const size = word(at - 8);
    if (word(at - 12) !== 4 || word(at - 4) !== type || size === 0 || size > idBytesMax) continue;
    const start = at + 4;
    return start + size > buffer.byteLength ? undefined : { start, end: start + size };
  }
  return undefined;
}

/** `.note.gnu.build-id` */
function gnuBuildId(buffer: Buffer): BuildId | undefined {
  const found = note(buffer, 'GNU\0', 3);
  return found && { kind: 'GNU build id', value: buffer.toString('hex', found.start, found.end), ...found };
}

/** `.note.go.buildid`, and of other formats a string near the beginning of the code. */
function goBuildId(buffer: Buffer, elf: boolean): BuildId | undefined {
  const found = elf ? note(buffer, 'Go\0\0', 4) : goString(buffer);
  return found && { kind: 'Go build id', value: buffer.toString('latin1', found.start, found.end), ...found };
}

function goString(buffer: Buffer): { start: number; end: number } | undefined {
  const marker = '\u00ff Go build ID: "';
  const at = buffer.indexOf(marker, 0, 'latin1');
  const start = at + marker.length;
  const end = at === -1 ? -1 : buffer.indexOf(0x22, start);
  return end === -1 || end - start > idBytesMax * 2 ? undefined : { start, end };
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
  const found = [
    elf ? gnuBuildId(buffer) : undefined,
    goBuildId(buffer, elf),
    pdbGuid(buffer),
    machUuid(buffer),
  ];
  return found.filter((id) => id !== undefined);
}
