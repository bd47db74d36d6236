import type { Chance } from './chance.ts';

interface Block {
  /** Bytes that are put into the header, by offset. */
  header: Buffer;
  data: Buffer;
  /** What the size field says; undefined for the length of the data. */
  size: string | undefined;
  padding: Buffer | undefined;
  checksum: 'right' | 'signed' | 'wrong';
}

const none = Buffer.alloc(0);

function header(name: string, type: string, link = ''): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write(name, 0, 100);
  bytes.write('0000644\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write('14536000000\0', 136);
  bytes.write(type, 156, 'latin1');
  bytes.write(link, 157, 100);
  bytes.write('ustar\u000000', 257, 'latin1');
  return bytes;
}

function blockOf(name: string, type: string, data: string | Buffer = '', link = ''): Block {
  return {
    header: header(name, type, link),
    data: Buffer.from(data),
    size: undefined,
    padding: undefined,
    checksum: 'right',
  };
}

function serialise(blocks: readonly Block[], end: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (const { header: own, data, size, padding, checksum } of blocks) {
    const bytes = Buffer.from(own);
    bytes.write(size ?? `${data.byteLength.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
    bytes.fill(' ', 148, 156);
    const sum = bytes.reduce(
      (total, byte) => total + (checksum === 'signed' && byte > 127 ? byte - 256 : byte),
      0,
    );
    bytes.write(`${(checksum === 'wrong' ? sum + 1 : sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const rest = (512 - (data.byteLength % 512)) % 512;
    parts.push(bytes, data, padding ?? Buffer.alloc(rest));
  }
  return Buffer.concat([...parts, end]);
}

function paxText(records: readonly (readonly [string, string])[]): Buffer {
  const lines = records.map(([key, value]) => {
    const rest = Buffer.from(` ${key}=${value}\n`);
    let length = rest.byteLength + 1;
    while (`${length}`.length + rest.byteLength !== length) length = `${length}`.length + rest.byteLength;
    return Buffer.concat([Buffer.from(`${length}`), rest]);
  });
  return Buffer.concat(lines);
}

const names = ['a.txt', 'b/c.txt', 'pkg/lib.js', 'pkg/package.json', 'd', 'e.rs'];
const strange = [
  './a.txt',
  'a.txt/',
  'A.txt',
  'b//c.txt',
  'b',
  '/a.txt',
  '../x',
  'a.txt/b',
  'é',
  'e\u0301',
  '.wh.a.txt',
  'a\\b',
  'a\nb',
  ' a',
  'a ',
];

const paxKeys = [
  'path',
  'path',
  'linkpath',
  'size',
  'size',
  'mtime',
  'uid',
  'uname',
  'comment',
  'gid',
  'atime',
  'linkpath',
  'size',
  'mtime',
  'uid',
  'uname',
  'hdrcharset',
  'charset',
  'comment',
  'SCHILY.realsize',
  'SCHILY.filetype',
  'SCHILY.xattr.user.x',
  'GNU.sparse.size',
  'GNU.sparse.name',
  'GNU.sparse.realsize',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.map',
  'GNU.sparse.numblocks',
  'LIBARCHIVE.creationtime',
  'LIBARCHIVE.symlinktype',
  'SCHILY.devmajor',
  'GNU.dumpdir',
  'realtime.x',
  'atime',
  'SUN.holesdata',
  'SCHILY.acl.access',
  'gid',
  'RHT.security.selinux',
  'GNU.volume.size',
  'SCHILY.fflags',
  'SCHILY.sparse',
];
const paxValues = [
  '',
  '0',
  '1',
  '5',
  '512',
  '600',
  '1024',
  'z.txt',
  'a.txt',
  'b/c.txt',
  '/etc/x',
  'a\0b',
  '-1',
  '1.5',
  'BINARY',
  'ISO-IR 10646 2000 UTF-8',
  '0,5',
  '1,3,10,2',
  'x',
  '\xff',
  '08',
  ' 5',
  '+5',
  '0x5',
  '99999999999999999999',
];

function pax(chance: Chance): Block {
  const records = Array.from(
    { length: 1 + chance.below(3) },
    () => [chance.of(paxKeys), chance.of(paxValues)] as const,
  );
  const block = blockOf('PaxHeaders/x', chance.of(['x', 'x', 'x', 'g', 'X']), paxText(records));
  if (chance.maybe(0.05))
    block.data = Buffer.concat([block.data, Buffer.from(chance.of(['\0', 'x', '5 a\n', '\n']))]);
  return block;
}

function sparse10(chance: Chance, name: string): Block[] {
  const map = chance.of(['1\n512\n5\n', '0\n', '2\n0\n2\n10\n3\n', '1\n0\n9\n', '1\n512\n5\n1\n', 'x\n']);
  const records = [
    ['GNU.sparse.major', chance.of(['1', '1', '2', '0'])],
    ['GNU.sparse.minor', chance.of(['0', '0', '1'])],
    ['GNU.sparse.name', chance.of([name, name, 'z.txt'])],
    ['GNU.sparse.realsize', chance.of(['517', '13', '5', '600'])],
  ] as const;
  return [
    blockOf('PaxHeaders/x', 'x', paxText(records.filter(() => chance.maybe(0.9)))),
    blockOf(`GNUSparseFile.0/${name}`, '0', `${map.padEnd(512, '\0')}hello`),
  ];
}

function oldSparse(chance: Chance, name: string): Block {
  const block = blockOf(name, 'S', 'hello');
  block.header.write('ustar  \0', 257, 'latin1');
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  block.header.write(octal(chance.of([512, 0, 3])) + octal(chance.of([5, 5, 4])), 386, 'latin1');
  block.header.write(octal(chance.of([517, 5, 8, 600])), 483, 'latin1');
  return block;
}

function spelledNumber(chance: Chance, true_: number): string {
  const octal = true_.toString(8);
  return chance.of([
    () => octal.padStart(11, ' ') + ' ',
    () => `${octal}\0`,
    () => `${octal} `,
    () => octal.padStart(12, '0'),
    () => `\0${octal.padStart(11, '0')}`,
    () => `-${octal}`.padEnd(12, '\0'),
    () => `${octal}\0${'7'.repeat(4)}`.padEnd(12, '\0'),
    () => `${octal} 7`.padEnd(12, '\0'),
    () => `${octal}x`.padEnd(12, '\0'),
    () => `+${octal}`.padEnd(12, '\0'),
    () => `0x${octal}`.padEnd(12, '\0'),
    () => `0o${octal}`.padEnd(12, '\0'),
    () => '\0'.repeat(12),
    () => ' '.repeat(12),
    () => `\x80${'\0'.repeat(10)}${String.fromCharCode(true_ & 255)}`,
    () => `\x80${'\0'.repeat(9)}\u0002\0`,
    () => `\xff${'\xff'.repeat(10)}\xf0`,
    () => `\x81${'\0'.repeat(10)}${String.fromCharCode(true_ & 255)}`,
    () => (true_ + chance.of([1, 512, -1])).toString(8).padStart(11, '0') + '\0',
    () => `${octal}_0`.padEnd(12, '\0'),
    () => `8${octal}`.padEnd(12, '\0'),
    () => `\t${octal}`.padEnd(12, '\0'),
    () => `${octal}\n`.padEnd(12, '\0'),
  ])();
}

type Change = (chance: Chance, block: Block, blocks: Block[], at: number) => void;

const offsets = [
  0, 1, 50, 99, 100, 107, 108, 116, 124, 135, 136, 147, 156, 157, 200, 256, 257, 260, 262, 263, 264, 265, 296,
  297, 329, 337, 345, 346, 386, 476, 482, 483, 499, 500, 508, 511,
];

const changes: readonly Change[] = [
  (chance, block) =>
    void (block.header[chance.of(offsets)] = chance.of([
      0, 0x20, 0x30, 0x31, 0x37, 0x2f, 0x41, 0x80, 0xff, 0x2e,
    ])),
  (chance, block) => void (block.header[156] = chance.of([0, ...Buffer.from('01234567SLKxgXVMDNAIZ8a ')])),
  (chance, block) => void (block.size = spelledNumber(chance, block.data.byteLength)),
  (chance, block) => {
    const field = chance.of([100, 108, 116]);
    block.header.write(spelledNumber(chance, 0o644).slice(0, 8), field, 'latin1');
  },
  (chance, block) => void block.header.write(spelledNumber(chance, 0o14536), 136, 'latin1'),
  (chance, block) =>
    void block.header.write(
      chance.of([
        'ustar  \0',
        'ustar\0\0\0',
        '\0\0\0\0\0\0\0\0',
        'ustar\u000001',
        'ustar\u000000',
        'USTAR\u000000',
        'GNUtar \0',
      ]),
      257,
      'latin1',
    ),
  (chance, block) =>
    void block.header.write(chance.of(['prefix', 'p/q', '/', '..', 'x'.repeat(155)]), 345, 155, 'latin1'),
  (chance, block) => {
    block.header.write(chance.of(['ustar  \0', '\0\0\0\0\0\0\0\0']), 257, 'latin1');
    block.header.write(chance.of(['prefix', '14536000000\u000014536000000']), 345, 155, 'latin1');
  },
  (_, block) => void block.header.write('tar\0', 508, 'latin1'),
  (chance, block) => {
    block.header.fill(0, 0, 100);
    block.header.write(chance.of([...names, ...strange, 'x'.repeat(100)]), 0, 100);
  },
  (chance, _, blocks, at) => void blocks.splice(at, 0, pax(chance)),
  (chance, _, blocks, at) => void blocks.splice(at, 0, pax(chance)),
  (chance, _, blocks, at) => void blocks.splice(at, 0, pax(chance), pax(chance)),
  (chance, _, blocks, at) => {
    const long = blockOf(
      '././@LongLink',
      chance.of(['L', 'K']),
      chance.of([`${'long/'.repeat(30)}x\0`, 'z.txt\0', 'z.txt', 'z\0more\0', '\0', 'a.txt/\0', '']),
    );
    blocks.splice(at, 0, long);
    if (chance.maybe(0.3))
      blocks.splice(at, 0, chance.of([pax(chance), { ...long, data: Buffer.from('other\0') }]));
  },
  (chance, _, blocks, at) => void blocks.splice(at, 0, ...sparse10(chance, chance.of(names))),
  (chance, _, blocks, at) => void blocks.splice(at, 0, oldSparse(chance, chance.of(names))),
  (chance, _, blocks, at) =>
    void blocks.splice(
      at,
      0,
      blockOf(
        'PaxHeaders/x',
        'x',
        paxText([
          ['GNU.sparse.size', chance.of(['517', '5', '20'])],
          ['GNU.sparse.map', chance.of(['512,5', '0,5', '', '0,2,10,3'])],
          ['GNU.sparse.name', 'a.txt'],
        ]),
      ),
      blockOf('s', '0', 'hello'),
    ),
  (chance, _, blocks, at) => {
    const [name, type] = [
      chance.of([...names, ...strange]),
      chance.of(['0', '5', '2', '1', '3', '6', '7', '\0', 'V']),
    ];
    blocks.splice(
      at,
      0,
      blockOf(name, type, chance.maybe(0.5) ? 'data' : '', chance.of(['a.txt', '../x', '', 'b', 'a\0b'])),
    );
  },
  (chance, block) =>
    void (block.padding = chance.of([
      Buffer.alloc((512 - (block.data.byteLength % 512)) % 512, 1),
      none,
      Buffer.alloc(512),
    ])),
  (chance, block) => void (block.checksum = chance.of(['signed', 'wrong'])),
  (_, __, blocks, at) =>
    void blocks.splice(at, 0, {
      ...blockOf('', '\0'),
      header: Buffer.alloc(512),
      size: '\0'.repeat(12),
      checksum: 'right',
    }),
  (chance, block) => void block.header.write(chance.of(names), 157, 100, 'latin1'),
];

const ends = [
  Buffer.alloc(1024),
  Buffer.alloc(1024),
  Buffer.alloc(1024),
  Buffer.alloc(10_240),
  Buffer.alloc(512),
  none,
  Buffer.alloc(1024, 1),
];

/** A tar with that many alterations, each by itself nothing that every tool refuses. */
export function alteredTar(chance: Chance, alterations: number): Buffer {
  const blocks = names
    .filter(() => chance.maybe(0.5))
    .map((name) => blockOf(name, '0', `content of ${name} ${'y'.repeat(chance.below(700))}`));
  blocks.push(blockOf('dir/', '5'), blockOf('link', '2', '', 'a.txt'));
  if (blocks.some(({ header: own }) => own.toString('latin1', 0, 5) === 'a.txt'))
    blocks.push(blockOf('hard', '1', '', 'a.txt'));
  let end = Buffer.alloc(1024);
  for (let at = 0; at < alterations; at += 1) {
    if (chance.maybe(0.06))
      end = Buffer.concat([
        chance.of(ends),
        chance.maybe(0.4) ? serialise([blockOf(chance.of(names), '0', 'more')], Buffer.alloc(1024)) : none,
      ]);
    else {
      const index = chance.below(blocks.length);
      const block = blocks[index];
      if (block !== undefined) chance.of(changes)(chance, block, blocks, index);
    }
  }
  return serialise(blocks, end);
}
