import { describe, expect, test } from 'vitest';
import { Workshop } from '#test/core/explain/tools/made.ts';
import { look } from '../look.ts';
import { namesOf, partsIn, said } from './made-binaries.ts';

const work = new Workshop();

const source = `import java.util.function.Supplier;
@Deprecated public class Main {
  static final String BUILT = "built on 2026-11-22";
  @SuppressWarnings("unused") private int count = 3;
  static void print(Supplier<String> text) {
    try { System.out.println(text.get()); } catch (RuntimeException error) { throw error; }
  }
  public static void main(String[] args) {
    print(() -> BUILT + args.length);
    for (int at = 0; at < 3; at++) switch (args.length) { case 1: print(null); break; default: print(null); }
  }
}
`;

/** A second and more each, so none twice. */
const classes = new Map<string, Buffer>();

function compiled(flags: readonly string[], text = source): Buffer {
  const key = [...flags, text].join(' ');
  const known = classes.get(key);
  if (known !== undefined) return known;
  work.write('src/Main.java', text);
  work.run('javac', ['-J-XX:TieredStopAtLevel=1', '-nowarn', ...flags, '-d', 'out', 'src/Main.java']);
  const made = work.read('out/Main.class');
  classes.set(key, made);
  return made;
}

describe('a look inside a Java class', () => {
  test('names the version, and what the older one did otherwise', () => {
    const [a, b] = [compiled(['--release', '11']), compiled(['--release', '17'])];
    expect(partsIn('java-class', a, b)).toEqual([
      { kind: 'changed', name: 'version', a: '55.0 (Java 11)', b: '61.0 (Java 17)', offset: 4 },
    ]);
    const c = compiled(['--release', '8']);
    const names = namesOf(partsIn('java-class', c, b));
    expect(names).toContain('method lambda$main$0([Ljava/lang/String;)Ljava/lang/String; code');
    expect(names.filter((name) => name.startsWith('method print'))).toEqual([]);
  });

  test('names a text that differs, and what holds it', () => {
    const [a, b] = [compiled([]), compiled([], source.replace('11-22', '11-23'))];
    const parts = partsIn('java-class', a, b);
    expect(said(parts, 'constant Utf8')).toEqual(['built on 2026-11-22', 'built on 2026-11-23']);
    expect(said(parts, 'field BUILT:Ljava/lang/String; attribute ConstantValue')).toEqual([
      '"built on 2026-11-22"',
      '"built on 2026-11-23"',
    ]);
    expect(namesOf(parts).filter((name) => name.endsWith('code'))).toEqual([]);
  });

  test('tells what is left out without debug information, and that the code is the same', () => {
    const [a, b] = [compiled(['-g']), compiled(['-g:none'])];
    const parts = partsIn('java-class', a, b);
    expect(parts).toContainEqual(
      expect.objectContaining({ kind: 'removed', name: 'attribute SourceFile', a: 'Main.java', b: null }),
    );
    expect(namesOf(parts)).toContain('method main([Ljava/lang/String;)V attribute LineNumberTable');
    // All indices into the pool differ, what they stand for does not.
    expect(namesOf(parts).filter((name) => /(?:code|frame|StackMapTable|exceptions)$/.test(name))).toEqual(
      [],
    );
  });

  test('names the first instruction that differs', () => {
    const [a, b] = [compiled([]), compiled([], source.replace('at < 3', 'at < 4'))];
    expect(partsIn('java-class', a, b)).toEqual([
      expect.objectContaining({
        name: 'method main([Ljava/lang/String;)V code',
        a: expect.stringMatching(/ bytes, from iconst_3$/) as string,
        b: expect.stringMatching(/ bytes, from iconst_4$/) as string,
      }),
    ]);
  });

  test('tells methods in another order, and those that one side has, the same from either side', () => {
    const swapped = (first: string, second: string) =>
      `public class Main { ${first} ${second} }\n`.replaceAll('{ }', '{ return; }');
    const [one, other] = ['void first() { }', 'void second(int x) { }'];
    const a = compiled(['-g:none'], swapped(one, other));
    const b = compiled(['-g:none'], swapped(other, one));
    expect(partsIn('java-class', a, b).map(({ kind, name }) => [kind, name])).toEqual([
      ['reordered', 'constant pool'],
      ['reordered', 'methods'],
    ]);
    const c = compiled(['-g:none'], swapped(one, 'int count;'));
    const parts = partsIn('java-class', a, c).map(({ kind, name }) => [kind, name]);
    expect(parts).toContainEqual(['removed', 'method second(I)V']);
    expect(parts).toContainEqual(['added', 'field count:I']);
    expect(partsIn('java-class', c, a).map(({ name }) => name)).toEqual(
      partsIn('java-class', a, c).map(({ name }) => name),
    );
  });

  test('names what is behind the end of the class, and is not complete then', () => {
    const a = compiled([]);
    const b = Buffer.concat([a, Buffer.from('more')]);
    expect(look('Main.class', a, b)).toMatchObject({
      format: 'java-class',
      complete: false,
      parts: [{ name: 'unnamed bytes', b: '0x6d6f7265' }],
    });
  });

  test('leaves a class that is cut off to be compared as bytes', () => {
    const a = compiled([]);
    expect(look('Main.class', a, a.subarray(0, -1))?.format).toBe('bytes');
  });
});
