import type { ContentView } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

const headerBytes = 16;

/** What a .pyc's header says, PEP 552: magic, flags, then time and size of the source, or its hash. */
function describe(bytes: Uint8Array): string {
  const header = Buffer.from(bytes.subarray(0, headerBytes));
  const flags = header.readUInt32LE(4);
  const source =
    (flags & 1) === 1
      ? `source hash ${header.toString('hex', 8)}`
      : `source of ${new Date(header.readUInt32LE(8) * 1000).toISOString()}, ${header.readUInt32LE(12)} bytes`;
  return `magic ${header.readUInt16LE(0)}, ${source}`;
}

function headersDiffer({ a, b, offset }: ContentView): boolean {
  return (
    offset !== undefined &&
    offset < headerBytes &&
    a.start === 0 &&
    [a, b].every(({ bytes }) => bytes.byteLength >= headerBytes && bytes[2] === 0x0d && bytes[3] === 0x0a)
  );
}

export const bytecodeHeader: Explainer = {
  meta: {
    id: 'bytecode-header',
    title: "The header of compiled Python names the source's time or another Python",
    remedy:
      'Compile with --invalidation-mode checked-hash (or set SOURCE_DATE_EPOCH, which does the same), by the same Python; or leave __pycache__ out of the package.',
    looksLike:
      '__pycache__/m.cpython-311.pyc  offset 8\n  a: magic 3495, source of 2026-11-22T12:00:00.000Z, 812 bytes\n  b: magic 3495, source of 2026-11-22T12:34:56.000Z, 812 bytes',
    why: 'A .pyc begins with the magic number of its Python and, unless told otherwise, with the time and size of its source (PEP 552).',
    fixes: {
      Python: 'python -m compileall --invalidation-mode checked-hash',
      pip: 'SOURCE_DATE_EPOCH set while packages are installed into an image',
      'setuptools, hatchling, flit, poetry': 'leave __pycache__ out of the wheel',
      dpkg: 'dh_python3 removes .pyc files',
      Docker: 'PYTHONDONTWRITEBYTECODE=1',
    },
    needs: ['content', 'names'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (!headersDiffer(view)) continue;
      evidence.push({ delta, offset: view.offset, a: describe(view.a.bytes), b: describe(view.b.bytes) });
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
