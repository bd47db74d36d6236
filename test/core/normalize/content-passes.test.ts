import { describe, expect, it } from 'vitest';
import { buildTar } from '../archive/build-tar.ts';
import { buildZip } from '../archive/build-zip.ts';
import { setAside } from './set-aside.ts';

const zipOf = (name: string) => (data: Buffer | string) => buildZip([{ name, data }]);
const tarOf = (name: string) => (data: Buffer | string) => buildTar([{ name, data }]);

describe('jar-manifest-order', () => {
  const jar = zipOf('META-INF/MANIFEST.MF');
  const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
  const version = 'Manifest-Version: 1.0';

  it('sets aside another order of attributes and of sections, with the lines that stand elsewhere', async () => {
    const a = lines(
      version,
      'Created-By: 17',
      'Main-Class: x',
      '',
      'Name: p/',
      'Sealed: true',
      '',
      'Name: q/',
      'X: y',
      '',
    );
    const b = lines(
      version,
      'Main-Class: x',
      'Created-By: 17',
      '',
      'Name: q/',
      'X: y',
      '',
      'Name: p/',
      'Sealed: true',
      '',
    );
    const moved = ['Created-By: 17', 'Main-Class: x', 'Name: p/', 'Sealed: true', 'Name: q/', 'X: y'];
    expect(await setAside(jar(a), jar(b))).toEqual({
      result: 'equivalent',
      uses: [`jar-manifest-order: content, ${2 * moved.join('').length} bytes`],
      left: [],
    });
  });

  it('keeps a line with those that continue it', async () => {
    const long = ['Class-Path: one.jar two.jar', '  three.jar'];
    expect(
      (await setAside(jar(lines(version, ...long, 'A: b')), jar(lines(version, 'A: b', ...long)))).result,
    ).toBe('equivalent');
    expect(
      (
        await setAside(
          jar(lines(version, ...long, 'A: b')),
          jar(lines(version, long[0] ?? '', 'A: b', long[1] ?? '')),
        )
      ).result,
    ).toBe('different');
  });

  const base = [version, 'A: b', 'C: d'];
  it.each([
    ['another value', [version, 'C: d', 'A: c']],
    ['an attribute that stands twice', [version, 'C: d', 'C: d']],
    ['a version that is not first', ['A: b', version, 'C: d']],
    ['an attribute in another section', [version, 'A: b', '', 'C: d']],
    ['one more attribute', [version, 'C: d', 'A: b', 'E: f']],
  ])('leaves %s', async (_, other) => {
    expect((await setAside(jar(lines(...base)), jar(lines(...other)))).result).toBe('different');
  });

  it('leaves one with the digests of a signature, and that of a signed jar', async () => {
    const digest = (...more: string[]) =>
      jar(lines(version, ...more, '', 'Name: a', 'SHA-256-Digest: eA==', ''));
    expect((await setAside(digest('A: b', 'C: d'), digest('C: d', 'A: b'))).result).toBe('different');
    const signed = (...more: string[]) =>
      buildZip([
        { name: 'META-INF/MANIFEST.MF', data: lines(version, ...more) },
        { name: 'META-INF/X.SF', data: 'Signature-Version: 1.0\r\n' },
      ]);
    expect((await setAside(signed('A: b', 'C: d'), signed('C: d', 'A: b'))).result).toBe('different');
  });
});

describe('python-bytecode-header', () => {
  const code = Buffer.from('e3000000', 'hex');
  function pyc(flags: number, time: number, size: number, body: Buffer = code, magic = 3531): Buffer {
    const header = Buffer.alloc(16);
    header.writeUInt16LE(magic, 0);
    header.write('\r\n', 2, 'latin1');
    header.writeUInt32LE(flags, 4);
    header.writeUInt32LE(time, 8);
    header.writeUInt32LE(size, 12);
    return Buffer.concat([header, body]);
  }
  const wheel = zipOf('m/__pycache__/a.cpython-312.pyc');

  it('sets aside the time of the source, in any archive, with the bytes that differ', async () => {
    const uses = ['python-bytecode-header: content, 4 bytes'];
    expect((await setAside(wheel(pyc(0, 0x0101, 9)), wheel(pyc(0, 0x0202, 9)))).uses).toEqual(uses);
    const packed = tarOf('a.pyc');
    expect((await setAside(packed(pyc(0, 0x0101, 9)), packed(pyc(0, 0x0202, 9)))).uses).toEqual(uses);
  });

  it('sets aside a time against a checked hash', async () => {
    expect((await setAside(wheel(pyc(0, 1, 9)), wheel(pyc(3, 0xaaaa, 0xbbbb)))).result).toBe('equivalent');
  });

  it.each([
    ['other code', pyc(0, 2, 9, Buffer.from('e3000001', 'hex'))],
    ['another size of the source', pyc(0, 2, 8)],
    ['another Python', pyc(0, 2, 9, code, 3495)],
    ['a hash that nobody checks', pyc(1, 2, 9)],
    ['a flag that nobody knows', pyc(4, 2, 9)],
    ['no code', pyc(0, 2, 9, Buffer.alloc(0))],
  ])('leaves %s', async (_, other) => {
    expect((await setAside(wheel(pyc(0, 1, 9)), wheel(other))).result).toBe('different');
  });

  it('leaves two hashes: of another source', async () => {
    expect((await setAside(wheel(pyc(3, 1, 9)), wheel(pyc(3, 2, 9)))).result).toBe('different');
  });
});

describe('properties-date', () => {
  const jar = zipOf('META-INF/maven/g/a/pom.properties');
  const [today, later] = ['#Sat Nov 22 19:00:00 UTC 2026', '#Sun Nov 23 07:30:00 CET 2026'];

  it('sets aside the date at the head, with both lines', async () => {
    const file = (date: string) => jar(`#Generated by Maven\n${date}\nversion=1\n`);
    expect(await setAside(file(today), file(later))).toEqual({
      result: 'equivalent',
      uses: [`properties-date: content, ${today.length + later.length} bytes`],
      left: [],
    });
  });

  it.each([
    ['another value', `${later}\nversion=2\n`],
    ['another comment', '#built by kim\nversion=1\n'],
    ['a date that goes on', `${later} \\\nversion=1\n`],
    ['a line more', `${later}\n\nversion=1\n`],
    ['other line ends', `${later}\r\nversion=1\n`],
  ])('leaves %s', async (_, other) => {
    expect((await setAside(jar(`${today}\nversion=1\n`), jar(other))).result).toBe('different');
  });

  it('leaves what looks like a date and is the rest of a value', async () => {
    const file = (date: string) => jar(`#x\nversion=1\\\n${date}\n`);
    expect((await setAside(file(today), file(later))).result).toBe('different');
  });
});

describe('javadoc-date', () => {
  const jar = zipOf('p/A.html');
  const page = (date: string, created: string, title = 'A') =>
    `<html>\n<!-- Generated by javadoc (17) on ${date} -->\n<meta name="dc.created" content="${created}">\n<title>${title}</title>\n`;
  const [today, later] = ['Sat Nov 22 19:00:00 UTC 2026', 'Sun Nov 23 07:30:00 CET 2026'];

  it('sets aside the comment and the meta element of a page that javadoc wrote', async () => {
    const { result, uses } = await setAside(jar(page(today, '2026-11-22')), jar(page(later, '2026-11-23')));
    expect({ result, uses: uses.map((use) => use.split(',')[0]) }).toEqual({
      result: 'equivalent',
      uses: ['javadoc-date: content'],
    });
  });

  it.each([
    ['another javadoc', page(later, '2026-11-23').replace('(17)', '(21)')],
    ['another title', page(later, '2026-11-23', 'B')],
    ['a comment that goes on', page(`${later} --><script>x</script><!--`, '2026-11-23')],
    ['a meta element with more in it', page(later, '2026-11-23" http-equiv="refresh')],
  ])('leaves %s', async (_, other) => {
    expect((await setAside(jar(page(today, '2026-11-22')), jar(other))).result).toBe('different');
  });

  it('leaves a date in a page that javadoc did not write', async () => {
    const file = (date: string) => jar(`<meta name="date" content="${date}">\n`);
    expect((await setAside(file('2026-11-22'), file('2026-11-23'))).result).toBe('different');
  });
});
