import type { ArchivedFile } from '#workers/ecosystems/archive-facts.ts';
import { legacyBuildSystem, type SdistFacts, type WheelFacts } from '#workers/ecosystems/pypi/facts.ts';
import type { Evidence } from '#workers/ecosystems/pypi/recipe.ts';

export function wheelOf(over: Partial<WheelFacts> = {}): WheelFacts {
  return {
    generator: { name: 'flit', version: '4.1.0' },
    times: [1789654200],
    writtenMode: 0o644,
    recordMode: 0o100664,
    madeOnWindows: false,
    files: [],
    ...over,
  };
}

export function sdistOf(over: Partial<SdistFacts> = {}): SdistFacts & { readonly top: string } {
  return {
    top: 'idna-3.20',
    buildSystem: legacyBuildSystem,
    universal: false,
    files: [],
    ...over,
  } as SdistFacts & {
    top: string;
  };
}

export function evidenceOf(over: Partial<Evidence> = {}): Evidence {
  return {
    wheelFile: 'idna-3.20-py3-none-any.whl',
    uploadedAt: '2026-09-17T14:12:00.000Z',
    wheel: wheelOf(),
    source: { kind: 'sdist', file: 'idna-3.20.tar.gz', digest: { sha256: 'b'.repeat(64) }, size: 1000 },
    sdist: sdistOf(),
    architecture: 'amd64',
    frontend: 'print("front end")\n',
    ...over,
  };
}

export function archived(name: string, mode: number, content = name): ArchivedFile {
  return {
    name,
    size: content.length,
    mode,
    sha256: Buffer.from(content).toString('hex').padEnd(64, '0').slice(0, 64),
  };
}
