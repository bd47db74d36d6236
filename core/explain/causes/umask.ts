import type { Delta } from '#core/compare/delta.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { differingTokens } from '../tokens.ts';

const readWriteRun = 0o7;
/** Bits that a umask takes: those of the group and of others, and of these only what the owner has. */
function followsUmask(a: number, b: number): boolean {
  const changed = a ^ b;
  const ofOwner = (a >> 6) & readWriteRun;
  return changed !== 0 && (changed & ~((ofOwner << 3) | ofOwner)) === 0;
}

function isUmask({ kind, field, a, b, entryA, entryB }: Delta): boolean {
  if (kind !== 'metadata' || field !== 'mode' || typeof a !== 'string' || typeof b !== 'string') return false;
  // Another system's modes are that explainer's.
  if (entryA?.fields['create_system'] !== entryB?.fields['create_system']) return false;
  return followsUmask(Number.parseInt(a, 8), Number.parseInt(b, 8));
}

/** As `ls -l` shows modes, and stat and umask say them. */
const letters = /(?<![\w-])[-dl](?:[r-][w-][xsS-]){2}[r-][w-][xtT-](?![\w-])/g;
const octal = /(?<=\b(?:umask|mode|chmod|permissions?)["']?\s{0,3}[:=]?\s{0,3}["']?)(?:0o?)?[0-7]{3}\b/gi;

function modeOf(text: string): number {
  if (/^[-dl]/.test(text))
    return Array.from(text.slice(1)).reduce((mode, sign) => 2 * mode + Number(sign !== '-'), 0);
  return Number.parseInt(text.replace(/^0o?/, ''), 8);
}

/** The umask that leaves these modes: what no file has of the bits that its owner has. */
function umaskOf(modes: readonly number[]): RecipeChange {
  let taken = 0;
  let known = 0;
  for (const mode of modes) {
    const ofOwner = ((mode >> 6) & readWriteRun) * 0o11;
    taken |= ofOwner & ~mode & 0o77;
    known |= ofOwner;
  }
  // Where no file of these can be run, the others' right to do so goes with that to read.
  for (const [run, read] of [
    [0o10, 0o40],
    [0o1, 0o4],
  ] as const)
    if ((known & run) === 0 && (taken & read) !== 0) taken |= run;
  return { kind: 'umask', value: `0${taken.toString(8).padStart(3, '0')}` };
}

export const umask: Explainer = {
  meta: {
    id: 'umask',
    title: 'Permission bits follow the umask of whoever built it',
    remedy: 'Run `umask 022` before the build, or give the packer the modes (tar --mode=go=rX,u+rw,a-s).',
    looksLike: 'pkg/m.py  mode\n  a: 0664\n  b: 0644',
    why: 'Files get the modes that the umask of the account leaves them (022 or 002), also those that git checks out.',
    fixes: {
      'make, shell': '`umask 022`; `install -m 0644`',
      tar: '`--mode=go=rX,u+rw,a-s`',
      zip: '`chmod -R go=rX,u+rw .` before',
      'setuptools, hatchling, flit, poetry': '`umask 022` before the checkout and the build',
      npm: '`npm pack` clears the write bits of group and others',
      Gradle: '`filePermissions { unix("0644") }`',
      Maven: '`<fileMode>` and `<directoryMode>` in the assembly',
      dpkg: '`dh_fixperms`',
      Docker: '`COPY --chmod=0644`',
    },
    needs: ['fields', 'content'],
    proposes: ['umask'],
  },
  explain(facts) {
    const evidence: Evidence[] = facts.deltas
      .filter(isUmask)
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    const modes = evidence.map(({ a }) => Number.parseInt(a ?? '0', 8));
    for (const { delta, view } of contentViews(facts)) {
      const shown = differingTokens(view, letters, ({ a, b }) => followsUmask(modeOf(a), modeOf(b)));
      modes.push(...shown.map(({ a }) => modeOf(a)));
      for (const { a, b, offset } of [...shown, ...differingTokens(view, octal)])
        evidence.push({ delta, offset, a, b });
    }
    if (evidence.length === 0) return undefined;
    return { confidence: 'likely', evidence, ...(modes.length === 0 ? {} : { change: umaskOf(modes) }) };
  },
};
