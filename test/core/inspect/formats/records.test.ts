import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look, partsOf } from '../look.ts';

const metadata = `Metadata-Version: 2.1
Name: certifi
Version: 2026.1.1
Classifier: License :: OSI Approved
Classifier: Programming Language :: Python :: 3
License-File: LICENSE
Author: A. Writer
  and another
Requires-Python: >=3.7

Certifi: a bundle of certificates
=================================

Text of the description.
`;

describe('METADATA', () => {
  const parts = (a: string, b: string) => partsOf('metadata', 'x-1.dist-info/METADATA', a, b);

  test('headers are told by their key, one of several by itself', () => {
    const b = metadata
      .replace('2.1\n', '2.4\n')
      .replace('Classifier: License', 'Classifier: Added :: One\nClassifier: License')
      .replace('License-File: LICENSE\n', '');
    expect(parts(metadata, b)).toEqual([
      { kind: 'changed', name: 'Metadata-Version', a: '2.1', b: '2.4' },
      { kind: 'removed', name: 'License-File', a: 'LICENSE', b: null },
      { kind: 'added', name: 'Classifier', a: null, b: 'Added :: One' },
    ]);
  });

  test('headers in another order and lines of the description are told', () => {
    const b = metadata.replace(/(Name: .*\n)(Version: .*\n)/, '$2$1').replace('Text of the', 'Words of the');
    expect(parts(metadata, b)).toEqual([
      { kind: 'reordered', name: 'order', a: 'Name, Version', b: 'Version, Name' },
      {
        kind: 'changed',
        name: 'body, line 4',
        a: 'Text of the description.',
        b: 'Words of the description.',
      },
    ]);
  });

  test('a value that goes on in the next lines is one value', () => {
    expect(parts(metadata, metadata.replace('and another', 'and a third'))).toEqual([
      {
        kind: 'changed',
        name: 'Author',
        a: 'A. Writer\n  and another',
        b: 'A. Writer\n  and a third',
      },
    ]);
  });

  test('other line ends and empty lines are spelling', () => {
    for (const b of [metadata.replaceAll('\n', '\r\n'), metadata.replace('\n\nCertifi', '\n\n\nCertifi')])
      expect(parts(metadata, b)).toMatchObject([{ kind: 'changed', name: 'spelling' }]);
  });

  test('is known without its name, and what is no header is compared as text', () => {
    expect(look('', metadata, metadata.replace('2.1', '2.2'))?.format).toBe('metadata');
    expect(look('METADATA', 'no header\n', metadata)?.format).toBe('text');
  });
});

describe('MANIFEST.MF', () => {
  const parts = (a: string, b: string) => partsOf('manifest', 'META-INF/MANIFEST.MF', a, b);
  const long = `org/example/${'deep/'.repeat(14)}Thing.class`;
  const wrap = (line: string, width: number) =>
    line.length <= width ? line : `${line.slice(0, width)}\r\n ${line.slice(width)}`;
  const manifest = (width = 70, digest = 'abc') =>
    [
      'Manifest-Version: 1.0',
      'Built-By: root',
      'Build-Jdk-Spec: 17',
      '',
      wrap(`Name: ${long}`, width),
      `SHA-256-Digest: ${digest}`,
      '',
      '',
    ].join('\r\n');

  test('attributes are told by section and name', () => {
    expect(parts(manifest(), manifest(70, 'xyz').replace('root', 'user'))).toEqual([
      { kind: 'changed', name: 'Built-By', a: 'root', b: 'user' },
      { kind: 'changed', name: `Name: ${long} › SHA-256-Digest`, a: 'abc', b: 'xyz' },
    ]);
  });

  test('where a line is wrapped is spelling, and another order is told', () => {
    expect(parts(manifest(), manifest(40))).toMatchObject([{ kind: 'changed', name: 'spelling' }]);
    const moved = manifest().replace(/(Built-By.*\r\n)(Build-Jdk-Spec.*\r\n)/, '$2$1');
    expect(parts(manifest(), moved)).toMatchObject([{ kind: 'reordered', name: 'order' }]);
  });
});

describe('other records', () => {
  test('RECORD: rows by path, quoted ones too, and their order', () => {
    const a = 'pkg/a.py,sha256=AAA,10\n"pkg/b,""c"".py",sha256=BBB,20\npkg/z.py,sha256=ZZZ,3\nRECORD,,\n';
    const b = 'pkg/z.py,sha256=ZZZ,3\npkg/a.py,sha256=AAA,10\n"pkg/b,""c"".py",sha256=CCC,20\nRECORD,,\n';
    expect(partsOf('record', 'x.dist-info/RECORD', a, b)).toEqual([
      {
        kind: 'reordered',
        name: 'order',
        a: 'pkg/a.py, pkg/b,"c".py, pkg/z.py',
        b: 'pkg/z.py, pkg/a.py, pkg/b,"c".py',
      },
      { kind: 'changed', name: 'pkg/b,"c".py', a: 'sha256=BBB,20', b: 'sha256=CCC,20' },
    ]);
  });

  test('INI: keys by section', () => {
    const a = '; made\n[console_scripts]\npip = pip:main\npip3 = pip:main\n\n[other]\nlist =\n  one\n  two\n';
    const b = a.replace('pip3 = pip:main\n', '').replace('two', 'three').replace('; made', '; built');
    expect(partsOf('ini', 'x.dist-info/entry_points.txt', a, b)).toEqual([
      { kind: 'changed', name: 'comment', a: '; made', b: '; built' },
      { kind: 'removed', name: '[console_scripts] › pip3', a: 'pip:main', b: null },
      { kind: 'changed', name: '[other] › list', a: '\none\ntwo', b: '\none\nthree' },
    ]);
  });

  test('properties: keys, the comment with the time, lines that go on', () => {
    const a = '#Sun Nov 22 10:00:00 UTC 2026\nversion=1.0\nlist = a,\\\n   b\nwith\\ space:x\n';
    const b = a.replace('10:00', '11:00').replace('version=1.0', 'version=1.1').replace('   b', 'b');
    expect(partsOf('properties', 'pom.properties', a, b)).toEqual([
      {
        kind: 'changed',
        name: 'comment',
        a: '#Sun Nov 22 10:00:00 UTC 2026',
        b: '#Sun Nov 22 11:00:00 UTC 2026',
      },
      { kind: 'changed', name: 'version', a: '1.0', b: '1.1' },
      { kind: 'changed', name: 'spelling', a: expect.any(String), b: expect.any(String) },
    ]);
  });

  test('control files, lists of checksums and requirements', () => {
    const control = 'Package: x\nInstalled-Size: 10\nDescription: short\n long\n .\n more\n';
    expect(partsOf('control', 'control', control, control.replace('10', '11'))).toEqual([
      { kind: 'changed', name: 'Installed-Size', a: '10', b: '11' },
    ]);
    const sums = `${'a'.repeat(32)}  usr/bin/x\n${'b'.repeat(32)}  usr/share/y\n`;
    expect(partsOf('checksums', 'md5sums', sums, sums.replace('b'.repeat(32), 'c'.repeat(32)))).toEqual([
      { kind: 'changed', name: 'usr/share/y', a: 'b'.repeat(32), b: 'c'.repeat(32) },
    ]);
    const wanted = '# pinned\nurllib3[socks]>=2\nidna==3.1\n-r other.txt\n';
    expect(partsOf('requirements', 'requirements.txt', wanted, wanted.replace('3.1', '3.2'))).toEqual([
      { kind: 'changed', name: 'idna', a: '==3.1', b: '==3.2' },
    ]);
  });

  test('of random records with one value changed, that record is named', () => {
    const key = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
    const value = fc.stringMatching(/^[a-z0-9 :/.]{0,20}$/).map((text) => text.trim());
    const records = fc.uniqueArray(fc.tuple(key, value), { minLength: 1, selector: ([name]) => name });
    fc.assert(
      fc.property(records, fc.nat(), (list, choice) => {
        const at = choice % list.length;
        const write = (changed: string) =>
          list.map(([name, text], index) => `${name}: ${index === at ? changed : text}\n`).join('');
        expect(partsOf('metadata', 'METADATA', write('the one'), write('the other'))).toEqual([
          { kind: 'changed', name: list[at]?.[0], a: 'the one', b: 'the other' },
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
