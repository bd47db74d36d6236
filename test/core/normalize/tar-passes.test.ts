import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildAr } from '../archive/build-ar.ts';
import { buildTar, type TarMember } from '../archive/build-tar.ts';
import { setAside, withHeader } from './set-aside.ts';

const one = (member: Partial<TarMember> = {}) => buildTar([{ name: 'a', data: 'x', ...member }]);
const named = (...names: string[]) => buildTar(names.map((name) => ({ name, data: name })));

describe('tar-times', () => {
  it('counts the fields of headers, and the text of records', async () => {
    const times = (seconds: number) =>
      one({ mtime: seconds, pax: { mtime: `${seconds}.25`, atime: String(seconds) } });
    const { result, uses } = await setAside(times(1_700_000_000), times(99));
    expect(result).toBe('equivalent');
    // mtime: 13 and 5 characters; atime: 10 and 2; the header's own field twice.
    expect(uses).toEqual(['tar-times: header_mtime mtime pax_atime, 54 bytes']);
  });

  it('leaves what is no time', async () => {
    const { result, left } = await setAside(
      one({ pax: { mtime: '1' } }),
      one({ pax: { mtime: 'yesterday' } }),
    );
    expect({ result, left }).toEqual({ result: 'different', left: ['a mtime'] });
  });
});

describe('tar-order', () => {
  it('sets aside another order where unpacking gives the same', async () => {
    expect(await setAside(named('a', 'b', 'd/c'), named('d/c', 'b', 'a'))).toEqual({
      result: 'equivalent',
      uses: ['tar-order: order, 0 bytes'],
      left: [],
    });
  });

  it('sets aside another place of a hard link that stays behind what it links to', async () => {
    const link = { name: 'l', type: '1', link: 'a' };
    const [a, b] = [
      { name: 'a', data: 'x' },
      { name: 'b', data: 'y' },
    ];
    expect((await setAside(buildTar([a, link, b]), buildTar([b, a, link]))).result).toBe('equivalent');
    expect((await setAside(buildTar([a, link, b]), buildTar([link, a, b]))).left).toEqual(['order']);
  });

  it('leaves one where a name stands twice, or a link leads what follows elsewhere', async () => {
    const link = { name: 'd', type: '2', link: 'elsewhere' };
    const under = { name: 'd/x', data: 'x' };
    expect((await setAside(buildTar([link, under]), buildTar([under, link]))).left).toEqual(['order']);
    expect((await setAside(named('a', 'a', 'b'), named('b', 'a', 'a'))).left).toEqual(['order']);
    expect((await setAside(named('.wh.a', 'b'), named('b', '.wh.a'))).left).toEqual(['order']);
  });

  it('leaves one where a global record says something of the members behind it', async () => {
    const global = { name: 'g', type: 'g', data: '13 comment=x\n' };
    const members = [
      { name: 'a', data: 'a' },
      { name: 'b', data: 'b' },
    ];
    const late = (first: TarMember, second: TarMember) => buildTar([first, global, second]);
    const [a = { name: '' }, b = { name: '' }] = members;
    expect((await setAside(late(a, b), late(b, a))).left).toEqual(['order']);
    const early = (...list: TarMember[]) => buildTar([global, ...list]);
    expect((await setAside(early(a, b), early(b, a))).result).toBe('equivalent');
  });
});

describe('tar-owner', () => {
  it('sets aside user and group, by number and by name, in headers and in records', async () => {
    const { result, uses } = await setAside(one({ uid: 0, uname: 'root' }), one({ uid: 1000, uname: 'kim' }));
    expect({ result, uses }).toEqual({
      result: 'equivalent',
      uses: ['tar-owner: uid uname, 80 bytes'],
    });
    const record = await setAside(one({ pax: { uid: '0' } }), one({ pax: { uid: '1000' } }));
    expect(record.uses).toEqual(['tar-owner: uid, 5 bytes']);
  });

  it.each([
    ['a set-user-id bit', { mode: 0o4755 }],
    ['a set-group-id bit', { mode: 0o2755 }],
    ['a device', { type: '3', data: '' }],
  ])('leaves the owner of %s, also where both have it', async (_, member) => {
    const { result, left } = await setAside(one(member), one({ ...member, uid: 1000 }));
    expect({ result, left }).toEqual({ result: 'different', left: ['a uid'] });
  });

  it.each([
    ['a number that is none', { uid: 'x' }],
    ['a negative number', { gid: '-1' }],
    ['a name with a control character', { uname: 'a\u001bb' }],
  ])('leaves an owner with %s', async (_, pax) => {
    expect(
      (
        await setAside(
          one({ pax: { uid: '0', gid: '0', uname: 'a' } }),
          one({ pax: { uid: '0', gid: '0', uname: 'a', ...pax } }),
        )
      ).result,
    ).toBe('different');
  });

  it('leaves owners in a .deb, in an image and in a package of a system', async () => {
    const deb = (uid: number) =>
      buildAr([
        { name: 'debian-binary', data: '2.0\n' },
        { name: 'data.tar.gz', data: gzipSync(one({ uid })) },
      ]);
    const image = (uid: number) => buildTar([{ name: 'layer.tar', data: one({ uid }) }]);
    const system = (uid: number) =>
      buildTar([
        { name: '.PKGINFO', data: '' },
        { name: 'a', uid },
      ]);
    for (const packed of [deb, image, system]) {
      const { result, left } = await setAside(packed(0), packed(1000));
      expect({ result, field: left.map((place) => place.split(' ').at(-1)) }).toEqual({
        result: 'different',
        field: ['uid'],
      });
    }
  });
});

describe('tar-header', () => {
  it.each([
    ['padding of a number', 100, '   644 \0', 'form', 16],
    ['zeros of a device that is none', 329, '0000000\u00000000000\0', 'form', 32],
    ['the older mark of a file', 156, '\0', 'type', 2],
    ['the version of GNU', 257, 'ustar  \0', 'form magic', 16 + 510],
  ])('sets aside %s', async (_, at, bytes, fields, count) => {
    expect(await setAside(one(), withHeader(one(), 0, at, bytes))).toEqual({
      result: 'equivalent',
      uses: [`tar-header: ${fields}, ${count} bytes`],
      left: [],
    });
  });

  it('sets aside another split of a name into prefix and name', async () => {
    const plain = one({ name: 'dir/file' });
    const split = withHeader(withHeader(plain, 0, 0, 'file\0\0\0\0'), 0, 345, 'dir');
    expect((await setAside(plain, split)).uses).toEqual(['tar-header: form, 510 bytes']);
  });

  it.each([
    ['bytes behind the name', 50, 'hidden'],
    ['bytes behind the link', 200, 'hidden'],
    ['bytes behind the user', 290, 'hidden'],
    ['bytes behind the prefix', 450, 'hidden'],
    ['bytes at the end', 500, 'hidden'],
    ['numbers of a device on a file', 329, '0000007'],
    ['a version that nobody knows', 257, 'ustar\u000001'],
    ['the mark of a contiguous file', 156, '7'],
    ['another mode', 100, '0000600\0'],
  ])('leaves %s', async (_, at, bytes) => {
    const { result, left } = await setAside(one(), withHeader(one(), 0, at, bytes));
    expect(result).toBe('different');
    expect(left.length).toBeGreaterThan(0);
  });

  it('leaves the older mark of a file on a name that then is a folder', async () => {
    const folder = one({ name: 'a/' });
    expect((await setAside(folder, withHeader(folder, 0, 156, '\0'))).left).toEqual(['a/ type']);
  });
});

describe('tar-extensions', () => {
  it('sets aside a record that says what the header says, with its header and name', async () => {
    const { result, uses } = await setAside(one(), one({ pax: { path: 'a' } }));
    expect(result).toBe('equivalent');
    // A header of 512, the header's own name, and the record "10 path=a\n" but for its value.
    expect(uses).toEqual([
      'tar-times: pax_header_mtime, 12 bytes',
      `tar-extensions: header_name pax_header_header pax_header_name pax_keys, ${500 + 100 + 8} bytes`,
    ]);
  });

  it('sets aside a name that the header has cut at a hundred bytes', async () => {
    const name = 'n'.repeat(120);
    const gnu = buildTar([
      { name: '././@LongLink', type: 'L', data: `${name}\0` },
      { name: name.slice(0, 100), data: 'x' },
    ]);
    const pax = one({ name: name.slice(0, 100), pax: { path: name } });
    expect((await setAside(gnu, pax)).result).toBe('equivalent');
  });

  it.each([
    ['another name for readers that know no records', { pax: { path: 'b' } }, { name: 'b' }],
    ['a key that is no field', { pax: { comment: 'x' } }, {}],
    ['an attribute', { pax: { 'SCHILY.xattr.security.capability': 'x' } }, {}],
  ])('leaves %s', async (_, extended, plain) => {
    const { result, left } = await setAside(one(extended), one(plain));
    expect(result).toBe('different');
    expect(left.length).toBeGreaterThan(0);
  });

  it.each([
    ['leads out', '../PaxHeader'],
    ['starts at the root', '/PaxHeader/x'],
    ['has a control character', 'Pax\u001b[2J'],
  ])('leaves a record whose own name %s', async (_, name) => {
    const pax = one({ pax: { path: 'a' } });
    const { result, left } = await setAside(pax, withHeader(pax, 0, 0, `${name}\0`));
    expect({ result, left }).toEqual({
      result: 'different',
      left: expect.arrayContaining(['a pax_header_name']) as unknown,
    });
  });

  it('leaves a record that links to something', async () => {
    const pax = one({ pax: { path: 'a' } });
    expect((await setAside(pax, withHeader(pax, 0, 157, 'target'))).left).toEqual(['a pax_header_header']);
  });
});

describe('tar-end', () => {
  const ending = (bytes: number) => buildTar([{ name: 'a', data: 'x' }], Buffer.alloc(bytes));

  it('sets aside more zero blocks, and counts those', async () => {
    expect(await setAside(ending(1024), ending(9216))).toEqual({
      result: 'equivalent',
      uses: ['tar-end: tar_end_padding, 8192 bytes'],
      left: [],
    });
  });

  it('leaves an end of less than two blocks, and one with something behind it', async () => {
    expect((await setAside(ending(1024), ending(512))).left).toEqual(['tar_end_padding']);
    const hidden = buildTar(
      [{ name: 'a', data: 'x' }],
      Buffer.concat([Buffer.alloc(1536), Buffer.from('x')]),
    );
    expect((await setAside(ending(1024), hidden)).result).toBe('different');
  });
});

describe('ar-owner and ar-form', () => {
  const member = { name: 'a', data: 'xy' };

  it('set aside the owner, the slash behind a name and the type bits of a plain file', async () => {
    const { result, uses } = await setAside(
      buildAr([{ ...member, uid: 0, mode: 0o644 }]),
      buildAr([{ ...member, name: 'a/', uid: 1000, mode: 0o100644 }]),
    );
    expect({ result, uses }).toEqual({
      result: 'equivalent',
      uses: ['ar-owner: uid, 12 bytes', 'ar-form: header_name mode, 48 bytes'],
    });
  });

  it.each([
    ['another permission', { mode: 0o100600 }],
    ['an executable bit', { mode: 0o100755 }],
    ['another type', { mode: 0o120644 }],
  ])('leave %s', async (_, other) => {
    expect((await setAside(buildAr([member]), buildAr([{ ...member, ...other }]))).left).toEqual(['a mode']);
  });

  it('leave the order of members', async () => {
    const [x, y] = [member, { name: 'b', data: 'z' }];
    expect((await setAside(buildAr([x, y]), buildAr([y, x]))).left).toEqual(['order']);
  });
});
