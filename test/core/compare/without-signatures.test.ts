import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildAr } from '../archive/build-ar.ts';
import { buildTar } from '../archive/build-tar.ts';
import { buildZip } from '../archive/build-zip.ts';
import { Workshop } from '../explain/tools/made.ts';

async function compared(a: Buffer, b: Buffer) {
  const { result, withoutSignatures, findings, differences } = await compareSources(
    memorySource(a),
    memorySource(b),
  );
  return { result, withoutSignatures, findings, differences };
}

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
const manifest = lines('Manifest-Version: 1.0', 'Created-By: 17', '');
const signedManifest = `${manifest}${lines('Name: A.class', 'SHA-256-Digest: eA==', '')}`;
const jar = (manifestText: string, signature: string | undefined, time = 0, code = 'x') =>
  buildZip(
    [
      { name: 'META-INF/MANIFEST.MF', data: manifestText },
      { name: 'A.class', data: code },
      ...(signature === undefined ? [] : [{ name: 'META-INF/K.SF', data: signature }]),
      ...(signature === undefined ? [] : [{ name: 'META-INF/K.RSA', data: signature }]),
    ].map((member) => ({ ...member, time })),
  );

const made = new Workshop();

describe('two files that differ in signatures', () => {
  it('are different, each signature is a finding, and it is said that nothing else differs', async () => {
    const report = await compared(jar(signedManifest, 'one'), jar(manifest, undefined));
    expect(report).toMatchObject({ result: 'different', withoutSignatures: 'identical' });
    expect(report.findings.map(({ id, side, path }) => `${id} ${side} ${path.join()}`)).toEqual([
      'signature-file a META-INF/K.RSA',
      'signature-file a META-INF/K.SF',
    ]);
    expect(report.differences.map(({ kind, path }) => `${kind} ${path.join()}`)).toContain(
      'missing META-INF/K.SF',
    );
  });

  it('would be equivalent where passes set the rest aside', async () => {
    expect(await compared(jar(signedManifest, 'one', 1), jar(manifest, undefined, 2))).toMatchObject({
      result: 'different',
      withoutSignatures: 'equivalent',
    });
    expect(await compared(jar(signedManifest, 'one'), jar(signedManifest, 'two'))).toMatchObject({
      result: 'different',
      withoutSignatures: 'identical',
    });
  });

  it('are so where the real jarsigner signed: the jar that it signed and the one that it was given', async () => {
    made.write('a.txt', 'x');
    made.run('jar', ['--create', '--file', 'plain.jar', 'a.txt']);
    const store = ['-keystore', 'keys.p12', '-storepass', 'secret'];
    made.run('keytool', ['-genkeypair', '-alias', 'k', '-keyalg', 'EC', '-dname', 'CN=k', ...store]);
    made.run('jarsigner', [...store, '-signedjar', 'signed.jar', 'plain.jar', 'k']);
    expect(await compared(made.read('signed.jar'), made.read('plain.jar'))).toMatchObject({
      result: 'different',
      withoutSignatures: 'equivalent',
    });
  });

  it('are so in a wheel, a .deb and beside a file', async () => {
    const wheel = (signature: string) =>
      buildZip([
        { name: 'a', data: 'x' },
        { name: 'x-1.dist-info/RECORD.jws', data: signature },
      ]);
    const deb = (signature: string) =>
      buildAr([
        { name: 'debian-binary', data: '2.0\n' },
        { name: '_gpgorigin', data: signature },
      ]);
    const tar = (signature: string) =>
      buildTar([
        { name: 'a', data: 'x' },
        { name: 'a.asc', data: signature },
      ]);
    for (const packed of [wheel, deb, tar]) {
      expect(await compared(packed('one'), packed('two'))).toMatchObject({
        result: 'different',
        withoutSignatures: 'identical',
      });
    }
  });

  it.each([
    ['another content', jar(signedManifest, 'one', 0, 'x'), jar(manifest, undefined, 0, 'y')],
    ['another attribute', jar(signedManifest, 'one'), jar(manifest.replace('17', '21'), undefined)],
    ['a member more', jar(manifest, 'one'), buildZip([{ name: 'B.class', data: 'x' }])],
    ['bytes of nobody', jar(manifest, 'one'), Buffer.concat([jar(manifest, 'two'), Buffer.from('hidden')])],
  ])('say nothing of the kind where there is %s, too', async (_, a, b) => {
    expect(await compared(a, b)).toMatchObject({ result: 'different', withoutSignatures: undefined });
  });

  it('that have no signature say nothing of one', async () => {
    const { withoutSignatures } = await compared(jar(manifest, undefined, 1), jar(manifest, undefined, 2));
    expect(withoutSignatures).toBeUndefined();
  });
});
