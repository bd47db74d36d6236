import { createHash } from 'node:crypto';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { BuildOrder, BuildOutcome, Built, Lab } from '#core/vary/lab.ts';
import type { VaryTools } from '#core/vary/variation.ts';

/** What a build makes of its surroundings, by output. It may be called again for the same, and answer something else. */
export type Build = (
  order: BuildOrder,
  number: number,
) => Readonly<Record<string, string | Buffer>> | 'fails';

export interface ThoughtLab extends Lab {
  readonly labels: readonly string[];
}

const inside: VaryTools = { faketime: '/in/libfaketime.so', locales: '/in/locales' };

/** A lab whose builds are functions; what they make is compared by the engine itself. */
export function thoughtLab(
  build: Build,
  {
    tools = inside,
    cpus = 2,
    buildsMax = 1000,
  }: { tools?: VaryTools; cpus?: number; buildsMax?: number } = {},
): ThoughtLab {
  const labels: string[] = [];
  const made = new Map<string, Buffer>();
  const contentOf = ({ folder }: Built, path: string): Buffer =>
    made.get(`${folder} ${path}`) ?? Buffer.alloc(0);
  return {
    tools,
    cpus,
    labels,
    build: async (order): Promise<BuildOutcome> => {
      if (labels.length >= buildsMax) return { kind: 'spent' };
      labels.push(order.label);
      const folder = String(labels.length);
      const outputs = build(order, labels.length);
      if (outputs === 'fails') return { kind: 'failed', own: true, detail: 'it fails' };
      const now = 1_790_000_000 + 10 * labels.length;
      return {
        kind: 'built',
        folder,
        span: { fromSeconds: now, toSeconds: now + 1 },
        outputs: Object.entries(outputs).map(([path, content]) => {
          const bytes = Buffer.from(content);
          made.set(`${folder} ${path}`, bytes);
          return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
        }),
      };
    },
    compare: async (a, b) => {
      const differing = a.outputs.filter(({ sha256 }, index) => sha256 !== b.outputs[index]?.sha256);
      return Promise.all(
        differing.map(async ({ path }) => ({
          output: path,
          comparison: await compareSources(
            memorySource(contentOf(a, path)),
            memorySource(contentOf(b, path)),
          ),
        })),
      );
    },
  };
}
