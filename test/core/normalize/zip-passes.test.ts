import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildZip, type ZipMember, type ZipShape } from '../archive/build-zip.ts';
import { setAside, withBytes } from './set-aside.ts';

const one = (member: Partial<ZipMember>, shape: ZipShape = {}) =>
  buildZip([{ name: 'a', data: 'x', ...member }], shape);

/** Where the central record of the one member starts. */
const centralOf = (zip: Buffer) => zip.indexOf('PK\u0001\u0002', 0, 'latin1');

/** Another value in a field of both records, of 16 bits. */
function inBoth(zip: Buffer, local: number, central: number, value: number): Buffer {
  const bytes = Uint8Array.of(value & 0xff, value >> 8);
  return withBytes(withBytes(zip, local, bytes), centralOf(zip) + central, bytes);
}

const inCentral = (zip: Buffer, at: number, ...values: number[]) =>
  withBytes(zip, centralOf(zip) + at, Uint8Array.from(values));

function extra(...blocks: readonly (readonly [id: number, data: string])[]): Buffer {
  return Buffer.concat(
    blocks.map(([id, hex]) => {
      const data = Buffer.from(hex, 'hex');
      const head = Buffer.alloc(4);
      head.writeUInt16LE(id, 0);
      head.writeUInt16LE(data.byteLength, 2);
      return Buffer.concat([head, data]);
    }),
  );
}

describe('zip-order', () => {
  const named = (...names: string[]) => buildZip(names.map((name) => ({ name, data: name })));

  it('sets aside another order where unpacking gives the same, and no bytes', async () => {
    expect(await setAside(named('a', 'd/', 'd/b'), named('d/', 'd/b', 'a'))).toEqual({
      result: 'equivalent',
      uses: ['zip-order: order, 0 bytes'],
      left: [],
    });
  });

  it('sets aside the manifest of a jar before or behind its folder, as long as it leads', async () => {
    const [folder, manifest] = ['META-INF/', 'META-INF/MANIFEST.MF'];
    const report = await setAside(named(folder, manifest, 'a'), named(manifest, folder, 'a'));
    expect(report.result).toBe('equivalent');
  });

  it.each([
    ['one of a signed jar', ['META-INF/K.SF', 'a', 'b'], ['a', 'b', 'META-INF/K.SF']],
    [
      'a member that readers of a stream look for first',
      ['META-INF/MANIFEST.MF', 'a'],
      ['a', 'META-INF/MANIFEST.MF'],
    ],
    ['the member that tells the kind', ['mimetype', 'a'], ['a', 'mimetype']],
    ['two of one name', ['a', 'a', 'b'], ['b', 'a', 'a']],
    ['two that differ by case', ['a', 'A', 'b'], ['b', 'a', 'A']],
    ['two spellings of one place', ['a', './a', 'b'], ['b', 'a', './a']],
    ['a member under one that is no folder', ['a', 'a/b', 'c'], ['c', 'a', 'a/b']],
  ])('leaves %s', async (_, a, b) => {
    expect((await setAside(named(...a), named(...b))).left).toEqual(['order']);
  });

  it('leaves an order in which the directory and the records disagree', async () => {
    const members = ['a', 'b'].map((name) => ({ name, data: name }));
    const { result, left } = await setAside(buildZip(members), buildZip(members, { centralReversed: true }));
    expect({ result, left }).toEqual({ result: 'different', left: ['order', 'zip_local_order'] });
  });

  it('leaves a link under whose name others stand', async () => {
    const link = { name: 'l', data: 'd', mode: 0o120777 };
    const under = { name: 'l/x', data: 'x' };
    expect((await setAside(buildZip([link, under]), buildZip([under, link]))).left).toEqual(['order']);
  });
});

describe('zip-compression', () => {
  const content = Buffer.from('hello '.repeat(200));
  const packed = deflateRawSync(content);

  it('sets aside stored against deflated, with the stored and the compressed bytes and both method fields', async () => {
    const { result, uses } = await setAside(
      one({ data: content, method: 0 }),
      one({ data: content, method: 8 }),
    );
    expect(result).toBe('equivalent');
    const bytes = content.byteLength + packed.byteLength + 8;
    expect(uses).toEqual([`zip-compression: compressed method, ${bytes} bytes`]);
  });

  it('leaves the member that tells the kind of a zip', async () => {
    const kind = (method: 0 | 8) => buildZip([{ name: 'mimetype', data: content, method }]);
    expect((await setAside(kind(0), kind(8))).left).toEqual(['mimetype compressed', 'mimetype method']);
  });

  it('leaves a member that has more in it than its content', async () => {
    const hidden = { data: content, method: 8, tail: Buffer.from('hidden') } as const;
    const { result, uses } = await setAside(one({ data: content }), one(hidden));
    expect({ result, uses }).toEqual({ result: 'different', uses: [] });
  });
});

describe('zip-header', () => {
  it.each([
    ['create_version', (zip: Buffer) => inCentral(zip, 4, 63), 2],
    ['extract_version', (zip: Buffer) => inBoth(zip, 4, 6, 10), 8],
    ['internal_attributes', (zip: Buffer) => inCentral(zip, 36, 1, 0), 4],
    ['dos_attributes', (zip: Buffer) => inCentral(zip, 38, 0x20, 0), 4],
    ['flags', (zip: Buffer) => inBoth(zip, 6, 8, 0x0800), 8],
    ['flags', (zip: Buffer) => inBoth(zip, 6, 8, 0x0002), 8],
    ['local_extract_version', (zip: Buffer) => withBytes(zip, 4, Uint8Array.of(10, 0)), 2],
  ])('sets aside %s', async (field, change, bytes) => {
    const zip = one({});
    const { result, uses, left } = await setAside(zip, change(zip));
    expect({ result, uses, left }).toEqual({
      result: 'equivalent',
      uses: [`zip-header: ${field}, ${bytes} bytes`],
      left: [],
    });
  });

  it('sets aside a data descriptor of a deflated member: flags, the sizes that it stands for, and itself', async () => {
    const { result, uses } = await setAside(one({ method: 8 }), one({ method: 8, streamed: true }));
    expect(result).toBe('equivalent');
    expect(uses).toEqual(['zip-header: descriptor flags local_sizes, 48 bytes']);
  });

  it.each([
    ['a data descriptor of a stored member', one({}), one({ streamed: true })],
    ['the encoding of a name that is not ASCII', one({ name: 'é' }), one({ name: 'é', flags: 0x0800 })],
    ['a version that nobody knows', one({}), inBoth(one({}), 4, 6, 255)],
    ['an internal attribute that nobody knows', one({}), inCentral(one({}), 36, 2, 0)],
    ['a hidden file', one({}), inCentral(one({}), 38, 2, 0)],
    ['the mark of a folder on a file', one({}), inCentral(one({}), 38, 0x10, 0)],
    ['a reserved flag', one({}), inBoth(one({}), 6, 8, 0x4000)],
  ])('leaves %s', async (_, a, b) => {
    const { result, left } = await setAside(a, b);
    expect(result).toBe('different');
    expect(left.length).toBeGreaterThan(0);
  });
});

describe('zip-extra', () => {
  const times = (seconds: string) => [0x5455, `01${seconds}`] as const;
  const owner = (uid: string, gid: string) => [0x7875, `0104${uid}04${gid}`] as const;

  it('sets aside the record of user and group, its head with it, in both records', async () => {
    const { result, uses } = await setAside(one({}), one({ extra: extra(owner('e8030000', 'e8030000')) }));
    expect({ result, uses }).toEqual({
      result: 'equivalent',
      uses: ['zip-extra: extra local_extra, 30 bytes'],
    });
  });

  it('sets aside another owner and leaves the times to zip-times', async () => {
    const { uses, left } = await setAside(
      one({ extra: extra(times('00000001'), owner('00000000', '00000000')) }),
      one({ extra: extra(owner('e8030000', 'e8030000')) }),
    );
    expect(left).toEqual([]);
    expect(uses).toEqual([
      'zip-times: extra_times local_extra_times, 8 bytes',
      `zip-extra: extra local_extra, ${2 * (15 + 15 + 5)} bytes`,
    ]);
  });

  it('sets aside the mark of jar', async () => {
    const { uses } = await setAside(one({}), one({ extra: extra([0xcafe, '']) }));
    expect(uses).toEqual(['zip-extra: extra local_extra, 8 bytes']);
  });

  it.each([
    ['a block that nobody knows', extra([0x1234, '00'])],
    ['an owner with more in it', extra([0x7875, '0104000000000400000000ff'])],
    ['a mark of jar with content', extra([0xcafe, '00'])],
    ['bytes that are no block', Buffer.from('00', 'hex')],
    [
      'NTFS times with something in the reserved bytes',
      extra([0x000a, `01000000${'0100'}${'1800'}${'00'.repeat(24)}`]),
    ],
  ])('leaves %s', async (_, bytes) => {
    expect((await setAside(one({}), one({ extra: bytes }))).left).toContain('a extra');
  });

  it('leaves the owner of a member with a set-id bit, also where both have it', async () => {
    const member = { mode: 0o104755 };
    const { result, left } = await setAside(
      one(member),
      one({ ...member, extra: extra(owner('e8030000', 'e8030000')) }),
    );
    expect({ result, left }).toEqual({ result: 'different', left: ['a extra', 'a local_extra'] });
  });
});

describe('zip-end', () => {
  /** With a zip64 end record and its locator put before the end, which then only refers to them. */
  function wide(zip: Buffer, short: 'marked' | 'same', entries = 1): Buffer {
    const at = zip.byteLength - 22;
    const end = Buffer.from(zip.subarray(at));
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeUInt16LE(45, 12);
    record.writeUInt16LE(45, 14);
    record.writeBigUInt64LE(BigInt(entries), 24);
    record.writeBigUInt64LE(1n, 32);
    record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
    record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(at), 8);
    locator.writeUInt32LE(1, 16);
    if (short === 'marked') {
      end.writeUInt16LE(0xffff, 8);
      end.fill(0xff, 10, 20);
    }
    return Buffer.concat([zip.subarray(0, at), record, locator, end]);
  }

  it('sets aside zip64 records that say the same, and the values that they stand for', async () => {
    expect((await setAside(one({}), wide(one({}), 'marked'))).uses).toEqual([
      'zip-end: zip_end_form, 100 bytes',
    ]);
    expect((await setAside(one({}), wide(one({}), 'same'))).uses).toEqual([
      'zip-end: zip_end_form, 76 bytes',
    ]);
  });

  it('leaves zip64 records that say something else, or carry something', async () => {
    const record = one({}).byteLength - 22;
    for (const zip of [
      wide(one({}), 'same', 2),
      // The disk that the record is on, and where the locator says that the record starts.
      withBytes(wide(one({}), 'marked'), record + 16, Uint8Array.of(1)),
      withBytes(wide(one({}), 'marked'), record + 56 + 8, Uint8Array.of(record - 1)),
    ]) {
      const { result, left } = await setAside(one({}), zip);
      expect({ result, left }).toEqual({ result: 'different', left: ['zip_end_form'] });
    }
  });
});

describe('zip-system', () => {
  it('sets aside Unix against macOS, and the kinds of Windows, where modes agree', async () => {
    expect(await setAside(one({ system: 3 }), one({ system: 19 }))).toEqual({
      result: 'equivalent',
      uses: ['zip-system: create_system, 2 bytes'],
      left: [],
    });
    expect((await setAside(one({ system: 0 }), one({ system: 10 }))).result).toBe('equivalent');
  });

  it('leaves Windows against Unix, an executable file and another mode', async () => {
    const executable = { mode: 0o100755 };
    for (const [a, b] of [
      [{ system: 0 }, { system: 3 }],
      [
        { system: 3, ...executable },
        { system: 19, ...executable },
      ],
      [{ system: 3 }, { system: 19, mode: 0o100600 }],
      [{ system: 3 }, { system: 7 }],
    ] as const) {
      const { result, left } = await setAside(one(a), one(b));
      expect({ result, left: left[0] }).toEqual({ result: 'different', left: 'a create_system' });
    }
  });
});

describe('zip-comment', () => {
  it('sets aside short plain comments of the archive and of a member', async () => {
    const { result, uses } = await setAside(one({}), one({ comment: 'hello' }, { comment: 'made today\n' }));
    expect({ result, uses }).toEqual({
      result: 'equivalent',
      uses: ['zip-comment: comment zip_comment, 16 bytes'],
    });
  });

  it.each([
    ['a control character', 'a\u001b[2J'],
    ['an archive', 'PK\u0003\u0004'],
    ['text that is not what it looks like', 'a\u202eb'],
    ['a long text', 'x'.repeat(1001)],
  ])('leaves a comment with %s', async (_, comment) => {
    expect((await setAside(one({}), one({}, { comment }))).left).toEqual(['zip_comment']);
  });
});

describe('what published wheels show', () => {
  const wheel = (member: Partial<ZipMember>, lineEnd = '\n') =>
    buildZip([
      { name: 'x/__init__.py', data: 'x', ...member },
      { name: 'x-1.dist-info/METADATA', data: `Name: x${lineEnd}Version: 1${lineEnd}`, ...member },
    ]);

  it('is equivalent by its times alone, like certifi', async () => {
    const { result, uses } = await setAside(wheel({ time: 1 }), wheel({ time: 2 }));
    expect({ result, uses }).toEqual({ result: 'equivalent', uses: ['zip-times: mtime, 32 bytes'] });
  });

  it('is different where it was built on Windows, like sniffio: system, modes and line ends are left', async () => {
    const { result, left } = await setAside(
      wheel({ system: 0, mode: 0o100666, time: 1, method: 8 }, '\r\n'),
      wheel({ system: 3, mode: 0o100644, time: 2 }),
    );
    expect(result).toBe('different');
    expect(left).toEqual([
      'x-1.dist-info/METADATA create_system',
      'x-1.dist-info/METADATA mode',
      'x-1.dist-info/METADATA content',
      'x/__init__.py create_system',
      'x/__init__.py mode',
    ]);
  });
});
