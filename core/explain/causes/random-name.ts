import type { Claim, Explainer } from '../explainer.ts';
import { nameLines, type NameLine } from '../name-lines.ts';
import { tokensOnly } from '../tokens.ts';
import { hashInName } from '../renamings.ts';
import { hexadecimal, temporaryName, uuid } from '../values.ts';

/** What tempfile, mktemp and compilers make up, behind what they put in front of it. */
const temporary =
  /(?<=(?:^|[/._-])(?:tmp|temp|cc|go-build|pip-[a-z]{1,20}-)[._-]?)(?=[a-z_]{0,24}[\dA-Z_])\w{5,24}(?!\w)|(?<=(?:^|\/)tmp)[a-z0-9_]{8}(?!\w)/g;

function sameContent({ delta: { entryA, entryB } }: NameLine): boolean {
  return entryA?.content !== undefined && entryA.content.sha256 === entryB?.content?.sha256;
}

interface Rule {
  readonly pattern: RegExp;
  readonly confidence: Claim['confidence'];
  /** Whether it could be a digest of the content as well, and is not where that is the same. */
  readonly perhapsDigest?: true;
}

const rules: readonly Rule[] = [
  { pattern: uuid, confidence: 'likely' },
  { pattern: temporaryName, confidence: 'likely' },
  { pattern: temporary, confidence: 'likely' },
  { pattern: hashInName, confidence: 'possible', perhapsDigest: true },
  { pattern: hexadecimal, confidence: 'possible', perhapsDigest: true },
];

export const randomName: Explainer = {
  meta: {
    id: 'random-name',
    title: 'The name of a file is random',
    remedy:
      'Name the file by what is in it or by what it is made from; keep temporary files out of what is packed.',
    looksLike: 'work/tmpx81kq_2w/out.txt\n  is work/tmp0jv4h9zl/out.txt in the second file',
    why: 'Temporary files and folders get random names so that two programs never meet, and a step packed one of them; or a generator names what it makes by a UUID.',
    fixes: {
      'make, shell': 'a fixed folder below the build, and not `mktemp -d`, for what is packed',
      Python: 'tempfile for what is thrown away only; `uuid.uuid5(uuid.NAMESPACE_URL, name)`',
      'gcc, clang': 'no `-save-temps` below what is packed; `-frandom-seed=NAME`',
      'webpack, rollup, esbuild': '`[contenthash]`, and no nanoid in names',
      Java: 'no `File.createTempFile` below the output folder',
    },
    needs: ['names'],
  },
  explain(facts) {
    let confidence: Claim['confidence'] = 'possible';
    const evidence = nameLines(facts).flatMap((line) => {
      for (const rule of rules) {
        if (rule.perhapsDigest === true && !sameContent(line)) continue;
        const [pair] = tokensOnly(line.a, line.b, rule.pattern) ?? [];
        if (pair === undefined || (rule.perhapsDigest === true && !/[a-z]/i.test(pair.a + pair.b))) continue;
        if (rule.confidence === 'likely') confidence = 'likely';
        return [{ delta: line.delta, a: pair.a, b: pair.b }];
      }
      return [];
    });
    return evidence.length === 0 ? undefined : { confidence, evidence };
  },
};
