import type { Pass } from '../pass.ts';

const headerBytes = 16;
/** Checked against the time and size of its source, or against its hash; 1 would be not checked at all. PEP 552. */
const checked = { byTime: 0, byHash: 3 };

interface Header {
  readonly magic: number;
  readonly flags: number;
  readonly sourceBytes: number;
}

function headerOf(bytes: Uint8Array): Header | undefined {
  if (bytes.byteLength <= headerBytes || bytes[2] !== 0x0d || bytes[3] !== 0x0a) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  return {
    magic: view.getUint16(0, true),
    flags: view.getUint32(4, true),
    sourceBytes: view.getUint32(12, true),
  };
}

/** How many bytes of the two headers differ, both together. */
function differing(a: Uint8Array, b: Uint8Array): number {
  return 2 * a.subarray(0, headerBytes).reduce((count, byte, at) => count + Number(byte !== b[at]), 0);
}

export const pythonBytecodeHeader: Pass = {
  id: 'python-bytecode-header',
  title: 'The header of compiled Python: time of the source, or its hash in place of that',
  risk: 'Where the time does not fit the source that is installed beside it, Python compiles that again.',
  touches: { formats: ['zip', 'tar'], contents: { names: /\.pyc$/, title: '`*.pyc`' } },
  setsAside(delta, facts) {
    const view = facts.view(delta);
    if (view === undefined || !view.a.whole || !view.b.whole) return undefined;
    const [a, b] = [view.a.bytes, view.b.bytes];
    const [one, other] = [headerOf(a), headerOf(b)];
    if (one === undefined || other === undefined || one.magic !== other.magic) return undefined;
    if (Buffer.compare(a.subarray(headerBytes), b.subarray(headerBytes)) !== 0) return undefined;
    const flags = [one.flags, other.flags].sort((x, y) => x - y);
    const sameSource = flags[1] === checked.byTime && one.sourceBytes === other.sourceBytes;
    const otherCheck = flags[0] === checked.byTime && flags[1] === checked.byHash;
    return sameSource || otherCheck ? differing(a, b) : undefined;
  },
};
