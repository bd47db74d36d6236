import { BinaryReader, hex } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';

const superBlob = 0xfade0cc0;
const codeDirectory = 0xfade0c02;
const signedMessage = 0xfade0b01;
const adHoc = 0x2;
const blobsMax = 64;

/** Who signed what: the identifier, and how. Always big endian. xnu, osfmk/kern/cs_blobs.h */
function describe(bytes: Uint8Array): string | undefined {
  const reader = new BinaryReader(bytes, false);
  if (reader.u32(0) !== superBlob) return undefined;
  const texts: string[] = [];
  const count = Math.min(reader.u32(8), blobsMax);
  for (let index = 0; index < count; index += 1) {
    const at = reader.u32(16 + index * 8);
    const magic = reader.u32(at);
    if (magic === signedMessage && reader.u32(at + 4) > 8) texts.push(`signed, ${reader.u32(at + 4)} bytes`);
    if (magic !== codeDirectory) continue;
    const flags = reader.u32(at + 12);
    texts.push(
      `${reader.text(at + reader.u32(at + 20), 256)}, flags ${hex(flags)}${(flags & adHoc) === 0 ? '' : ' (ad hoc)'}, ${reader.u32(at + 28)} hashes`,
    );
  }
  return texts.join('; ');
}

export const codeSignatureLook: Look = (name, a, b) => {
  const [textA, textB] = [describe(a.bytes), describe(b.bytes)];
  if (textA === undefined || textB === undefined || textA === textB) return undefined;
  return [{ kind: 'changed', name, a: textA, b: textB, offset: a.start }];
};
