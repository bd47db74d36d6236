import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goBuildParts } from '#core/inspect/binary/go-build-info.ts';
import { Work } from '#core/inspect/work.ts';

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/tools/${name}`, import.meta.url));
const parts = (a: Uint8Array, b: Uint8Array) => goBuildParts(a, b, new Work(2 ** 24));

/** Build information as the linker of Go writes it: a header, then two texts behind their lengths. */
function information(version: string, module: string): Buffer {
  const sized = (text: Buffer) => {
    const length = text.byteLength;
    return Buffer.concat([Buffer.from([(length & 0x7f) | 0x80, length >> 7]), text]);
  };
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[15] = 2;
  const sentinel = Buffer.alloc(16, 0x30);
  return Buffer.concat([
    Buffer.alloc(16),
    header,
    sized(Buffer.from(version)),
    sized(Buffer.concat([sentinel, Buffer.from(module), sentinel])),
  ]);
}

describe('the build information of programs by Go', () => {
  it('is told by setting, of a real program with and without the state of its checkout', () => {
    const found = parts(fixture('go-vcs.elf'), fixture('go-no-vcs.elf'));
    expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'removed Go build setting vcs',
      'removed Go build setting vcs.modified',
      'removed Go build setting vcs.revision',
      'removed Go build setting vcs.time',
      'changed Go module example.test/tiny',
    ]);
    expect(found[3]?.a).toBe('1970-01-01T00:00:00Z');
  });

  it('is the same from either side', () => {
    const [one, other] = [fixture('go-tags.elf'), fixture('go-no-vcs.elf')];
    expect(parts(one, other)).toMatchObject([
      { kind: 'removed', name: 'Go build setting -tags', a: 'netgo' },
    ]);
    expect(parts(other, one)).toMatchObject([{ kind: 'added', name: 'Go build setting -tags', b: 'netgo' }]);
  });

  it('names dependencies with what replaces them, and the version of Go', () => {
    const a = information('go1.26.1', 'path\tp\ndep\tx.test/y\tv1.0.0\th1:a=\nbuild\t-race=true\n');
    const b = information(
      'go1.26.2',
      'path\tp\ndep\tx.test/y\tv1.0.0\n=>\t../y\t(devel)\t\nbuild\t-race=true\n',
    );
    expect(parts(a, b)).toMatchObject([
      { name: 'Go dependency x.test/y', a: 'v1.0.0', b: 'v1.0.0, replaced by ../y (devel)' },
      { name: 'Go version', a: 'go1.26.1', b: 'go1.26.2' },
    ]);
    const [part] = parts(a, b);
    expect(a.subarray(part?.offset).toString()).toMatch(/^dep\tx\.test\/y/);
  });

  it('is not told of a setting that is empty on one side and absent on the other', () => {
    const said = (lines: string) => information('go1.26.1', `path\tp\n${lines}`);
    expect(parts(said('build\tCGO_CFLAGS=\n'), said('build\t-trimpath=true\n'))).toMatchObject([
      { kind: 'added', name: 'Go build setting -trimpath', a: null, b: 'true' },
    ]);
  });

  it('is not told where one side has none, or of an older form', () => {
    const a = information('go1.26.1', 'path\tp\n');
    expect(parts(a, Buffer.from('nothing'))).toEqual([]);
    const older = Buffer.from(a);
    older[31] = 0;
    expect(parts(a, older)).toEqual([]);
  });

  it('is read within its bounds, whatever the bytes', () => {
    const a = information('go1.26.1', 'path\tp\nbuild\t-race=true\n');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(a.byteLength), (noise, at) => {
        const hostile = Buffer.concat([a.subarray(0, at), noise, a.subarray(at)]);
        for (const part of parts(hostile, a)) expect(part.name.length).toBeLessThanOrEqual(300);
      }),
    );
  });
});
