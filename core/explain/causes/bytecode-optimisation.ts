import type { Delta } from '#core/compare/delta.ts';
import type { ContentView } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** `m.cpython-311.pyc`, `m.cpython-311.opt-1.pyc`, `m.cpython-311.opt-2.pyc`: PEP 488. */
const compiled = /^(.{1,400}?)(?:\.opt-([12]))?\.pyc$/;

function levelOf(match: RegExpExecArray): string {
  return match[2] === undefined ? 'no optimisation' : `optimisation ${match[2]}`;
}

/** Python bytecode of one module at another level of optimisation, by names that differ. */
function otherLevels(deltas: readonly Delta[]): Evidence[] {
  const renamed = deltas.flatMap((delta): Evidence[] => {
    const nameB = delta.pathB?.at(-1);
    const [a, b] = [compiled.exec(delta.path.at(-1) ?? ''), compiled.exec(nameB ?? '')];
    if (delta.kind !== 'renamed' || a?.[1] !== b?.[1] || a === null || b === null) return [];
    return [{ delta, a: `${a[0]}: ${levelOf(a)}`, b: `${b[0]}: ${levelOf(b)}` }];
  });
  const alone = new Map<string, { delta: Delta; name: string; level: string }[]>();
  for (const delta of deltas) {
    if (delta.kind !== 'missing' && delta.kind !== 'extra') continue;
    const match = compiled.exec(delta.path.join('\0'));
    if (match === null) continue;
    const key = match[1] ?? '';
    const level = levelOf(match);
    alone.set(key, [...(alone.get(key) ?? []), { delta, name: delta.path.at(-1) ?? '', level }]);
  }
  const apart = [...alone.values()].flatMap((group) => {
    const side = (kind: Delta['kind']) => group.filter(({ delta }) => delta.kind === kind);
    const [missing, extra] = [side('missing'), side('extra')];
    if (missing.length === 0 || extra.length === 0) return [];
    return [...missing, ...extra].map(({ delta, name, level }) => {
      const value = `${name}: ${level}`;
      return delta.kind === 'missing' ? { delta, a: value, b: null } : { delta, a: null, b: value };
    });
  });
  return [...renamed, ...apart];
}

/** What python -O leaves out, 1, and -OO, 2: where one side has none of what the other has. */
const leftOut = /^code .{1,400} (?:docstring|assertions)$/;

interface Levels {
  readonly a: number;
  readonly b: number;
  readonly offset: number | undefined;
}

/** Python bytecode of one name at another level, as it is where a tool gives all the same name. */
function levelsOf({ inside }: ContentView): Levels | undefined {
  if (inside?.format !== 'python-bytecode') return undefined;
  const found = inside.parts.filter(({ name }) => leftOut.test(name));
  const without = (side: 'a' | 'b') => found.every((part) => (part[side] ?? '0') === '0');
  const [a, b] = [without('a'), without('b')];
  if (found.length === 0 || a === b) return undefined;
  const level = found.some(({ name }) => name.endsWith(' docstring')) ? 2 : 1;
  return { a: a ? level : 0, b: b ? level : 0, offset: found[0]?.offset };
}

/** Attributes of a class file that javac writes by -g, JVM specification 4.7, as they stand in the constant pool. */
const attributes = ['LineNumberTable', 'LocalVariableTable', 'SourceFile'];

function attributesOf(bytes: Uint8Array): string[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.byteLength < 10 || buffer.readUInt32BE(0) !== 0xcafebabe || buffer.readUInt16BE(6) < 45)
    return undefined;
  return attributes.filter((name) => {
    // CONSTANT_Utf8: tag 1, length, bytes
    const entry = Buffer.from(`\u0001\0${String.fromCodePoint(name.length)}${name}`, 'latin1');
    return buffer.includes(entry);
  });
}

function otherAttributes({ a, b }: ContentView): { a: string; b: string } | undefined {
  if (!a.whole || !b.whole) return undefined;
  const [one, other] = [attributesOf(a.bytes), attributesOf(b.bytes)];
  if (one === undefined || other === undefined || one.join() === other.join()) return undefined;
  const say = (names: readonly string[]) => (names.length === 0 ? 'no debug information' : names.join(', '));
  return { a: say(one), b: say(other) };
}

export const bytecodeOptimisation: Explainer = {
  meta: {
    id: 'bytecode-optimisation',
    title: 'Bytecode was compiled with other options of optimisation or debugging',
    remedy: 'Compile with the same options: the same -O of Python (or PYTHONOPTIMIZE), the same -g of javac.',
    looksLike:
      'p/Main.class\n  a: LineNumberTable, SourceFile\n  b: LineNumberTable, LocalVariableTable, SourceFile\n__pycache__/m.cpython-311.opt-1.pyc: only in a\n__pycache__/m.cpython-311.pyc: only in b',
    why: 'python -O leaves assertions out, -OO docstrings, too, and names the file .opt-1 or .opt-2; javac writes names of local variables only with -g, which Maven and Gradle give and a plain javac does not.',
    fixes: {
      Python: '`python -m compileall -o 0`, and PYTHONOPTIMIZE not set',
      javac: '`-g` or `-g:none`, said explicitly',
      Maven:
        '`<debug>true</debug>` and `<debuglevel>lines,vars,source</debuglevel>` of maven-compiler-plugin',
      Gradle: '`options.debug = true` of JavaCompile',
    },
    needs: ['names', 'content'],
    proposes: ['variable'],
  },
  explain(facts) {
    const alone = otherLevels(facts.deltas);
    const evidence = [...alone];
    let level = /\.opt-([12])\.pyc: /.exec(alone.find(({ a }) => typeof a === 'string')?.a ?? '')?.[1] ?? '';
    let python = alone.length > 0;
    for (const { delta, view } of contentViews(facts)) {
      const attribute = otherAttributes(view);
      if (attribute !== undefined) evidence.push({ delta, offset: view.offset, ...attribute });
      const levels = levelsOf(view);
      if (levels === undefined) continue;
      python = true;
      if (levels.a > 0) level = String(levels.a);
      const say = (value: number) => (value === 0 ? 'no optimisation' : `optimisation ${value}`);
      evidence.push({ delta, offset: levels.offset, a: say(levels.a), b: say(levels.b) });
    }
    if (evidence.length === 0) return undefined;
    const change = { kind: 'variable', name: 'PYTHONOPTIMIZE', value: level } as const;
    return { confidence: 'likely', evidence, ...(python ? { change } : {}) };
  },
};
