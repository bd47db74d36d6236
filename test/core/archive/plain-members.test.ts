import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { Cursor } from '#core/archive/cursor.ts';
import type { Archive } from '#core/archive/entry.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { Malformed } from '#core/archive/malformed.ts';
import { startReading } from '#core/archive/read-content.ts';
import { rootPlace } from '#core/archive/reading.ts';
import { readTar } from '#core/archive/tar/read-tar.ts';
import { buildTar, type TarMember } from './build-tar.ts';

async function read(cursor: Cursor) {
  const reading = startReading(defaultReadLimits);
  let archive: Archive | undefined;
  let malformed: string | undefined;
  try {
    archive = await readTar(reading, rootPlace, cursor);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    malformed = `${error.message} at ${error.offset}`;
  }
  return { archive, malformed, findings: reading.findings, cut: reading.cut };
}

/** In pieces so small that no member is ever at hand as a whole. */
function readInPieces(bytes: Buffer) {
  let at = 0;
  return read(
    new Cursor(() => {
      const piece = bytes.subarray(at, at + 500);
      at += piece.byteLength;
      return piece.byteLength === 0 ? undefined : piece;
    }),
  );
}

const member: fc.Arbitrary<TarMember> = fc.record(
  {
    name: fc.oneof(
      fc.constantFrom(
        'a',
        'dir/b.txt',
        'd/',
        '../up',
        '/etc/x',
        'a.zip',
        'x\\y',
        'k.asc',
        '.wh.gone',
        'é',
        '\u0001',
      ),
      fc.stringMatching(/^[a-zA-Z/.]{1,20}$/),
    ),
    data: fc.oneof(
      fc.constantFrom('', 'PK\u0003\u0004', 'x'.repeat(70_000), 'x'.repeat(300_000)),
      fc.constant(buildTar([{ name: 'inner', data: 'inside' }])),
      fc.string({ maxLength: 1200 }),
    ),
    mode: fc.constantFrom(0o644, 0o755, 0o4755),
    mtime: fc.nat({ max: 2 ** 31 }),
    uname: fc.constantFrom('', 'root'),
    type: fc.constantFrom('0', '0', '0', '0', '5', '2', '7', 'Z', '\0'),
    link: fc.constantFrom('', '', 'a'),
    pax: fc.constantFrom({ path: 'other' }, { mtime: '1.5' }, { comment: 'hello' }),
    padding: fc.constantFrom(0, 0, 0, 1),
  },
  { requiredKeys: ['name'] },
);

describe('members of a tar of which all bytes are at hand', () => {
  test('are told as those that come piece by piece, whatever is wrong with them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat({ max: 6000 }), fc.nat({ max: 255 })), { maxLength: 3 }),
        async (members, changes) => {
          const bytes = buildTar(members);
          for (const [at, value] of changes) if (at < bytes.byteLength) bytes[at] = value;
          expect(await read(Cursor.over(memorySource(bytes)))).toEqual(await readInPieces(bytes));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('have all of their header told, byte for byte', async () => {
    const bytes = buildTar([{ name: 'one' }, { name: 'two', data: 'x' }]);
    for (let at = 512; at < 1024; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const header = changed.subarray(512, 1024);
      header.fill(0x20, 148, 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      expect(await read(Cursor.over(memorySource(changed))), `byte ${at}`).toEqual(
        await readInPieces(changed),
      );
    }
  });
});
