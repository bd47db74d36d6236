/** A PE of 64 bits with one section, `.text` at address 0x1000 and offset 0x400, for tests of what no small tool makes. */
export interface PeParts {
  /** Content of the section; places in it have address 0x1000 on. */
  readonly content: Buffer;
  /** Address and size of the tables that the optional header names, by their index. */
  readonly directories?: Readonly<Record<number, readonly [address: number, size: number]>>;
  /** Between the DOS header and the PE signature. */
  readonly stub?: Buffer;
  readonly overlay?: Buffer;
}

export const contentOffset = 0x400;
export const contentAddress = 0x1000;

export function buildPe({ content, directories = {}, stub = Buffer.alloc(0), overlay }: PeParts): Buffer {
  const head = Buffer.alloc(contentOffset);
  const signature = 64 + stub.byteLength;
  head.write('MZ', 0, 'latin1');
  head.writeUInt32LE(signature, 0x3c);
  stub.copy(head, 64);
  head.write('PE\0\0', signature, 'latin1');
  const coff = signature + 4;
  head.writeUInt16LE(0x8664, coff);
  head.writeUInt16LE(1, coff + 2);
  head.writeUInt16LE(240, coff + 16);
  const optional = coff + 20;
  head.writeUInt16LE(0x20b, optional);
  head.writeUInt32LE(16, optional + 108);
  for (const [index, [address, size]] of Object.entries(directories)) {
    head.writeUInt32LE(address, optional + 112 + Number(index) * 8);
    head.writeUInt32LE(size, optional + 116 + Number(index) * 8);
  }
  const section = optional + 240;
  head.write('.text', section, 'latin1');
  head.writeUInt32LE(content.byteLength, section + 8);
  head.writeUInt32LE(contentAddress, section + 12);
  head.writeUInt32LE(content.byteLength, section + 16);
  head.writeUInt32LE(contentOffset, section + 20);
  head.writeUInt32LE(0x60000020, section + 36);
  return Buffer.concat([head, content, overlay ?? Buffer.alloc(0)]);
}
