import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look, partsOf } from '../look.ts';

const parts = (a: string, b: string) => partsOf('xml', 'pom.xml', a, b);

const pom = `<?xml version="1.0" encoding="UTF-8"?>
<!-- Licensed to everybody -->
<project xmlns="http://maven.apache.org/POM/4.0.0" modelVersion='4.0.0'>
  <groupId>org.example</groupId>
  <version>1.0.0</version>
  <dependencies>
    <dependency><groupId>junit</groupId><version>4.12</version></dependency>
    <dependency><groupId>guava</groupId><version>33</version></dependency>
  </dependencies>
  <name>R&amp;D &#233;</name>
</project>
`;

describe('two XML documents', () => {
  test('an element whose text changed is told by its path', () => {
    expect(parts(pom, pom.replace('1.0.0</', '1.0.1</'))).toEqual([
      { kind: 'changed', name: '/project/version', a: '1.0.0', b: '1.0.1' },
    ]);
    expect(parts(pom, pom.replace('>33<', '>34<'))).toEqual([
      { kind: 'changed', name: '/project/dependencies/dependency[2]/version', a: '33', b: '34' },
    ]);
  });

  test('attributes, comments and added elements are told', () => {
    expect(parts(pom, pom.replace("'4.0.0'", "'4.1.0'"))).toEqual([
      { kind: 'changed', name: '/project/@modelVersion', a: '4.0.0', b: '4.1.0' },
    ]);
    expect(parts(pom, pom.replace('everybody', 'nobody'))).toMatchObject([{ name: '/comment()' }]);
    const build = '<build>now</build>';
    expect(parts(pom, pom.replace('  <name>', `  ${build}\n  <name>`))).toEqual([
      { kind: 'added', name: '/project/build', a: null, b: build },
    ]);
  });

  test('another order is told as such', () => {
    const swapped = pom.replace(
      /( *<groupId>org.example<\/groupId>\n)( *<version>1.0.0<\/version>\n)/,
      '$2$1',
    );
    expect(parts(pom, swapped)).toMatchObject([{ kind: 'reordered', name: '/project' }]);
    const attributes = `<a x="1" y="2"/>`;
    expect(parts(attributes, `<a y="2" x="1"/>`)).toMatchObject([{ kind: 'reordered', name: '/a' }]);
  });

  test('white space between elements, quotes and references are spelling', () => {
    const others = [
      pom.replaceAll('  <', '\t<'),
      pom.replaceAll("'", '"'),
      pom.replace('&#233;', 'é').replace('&amp;', '&#38;'),
      pom.replace('R&amp;D', '<![CDATA[R&D]]>'),
      pom.replaceAll('\n', '\r\n'),
    ];
    for (const other of others)
      expect(parts(pom, other)).toMatchObject([{ kind: 'changed', name: 'spelling' }]);
    expect(parts('<a></a>', '<a/>')).toMatchObject([{ name: 'spelling' }]);
  });

  test('no entity is expanded: one that is declared is shown as it is written', () => {
    const bomb = (name: string) =>
      `<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]><a>&${name};&${name};</a>`;
    expect(parts(bomb('x'), bomb('y'))).toEqual([{ kind: 'changed', name: '/a', a: '&x;&x;', b: '&y;&y;' }]);
    expect(parts('<a>&amp;x;</a>', '<a>&x;</a>')).toMatchObject([{ kind: 'changed', name: '/a' }]);
  });

  test('what is not well-formed on one side is compared as text', () => {
    const deep = '<a>'.repeat(3000) + '</a>'.repeat(3000);
    for (const [a, b] of [
      ['<a><b></a></b>', '<a/>'],
      ['<a x=1/>', '<a/>'],
      ['<a/><b/>', '<a/>'],
      ['<a/>text', '<a/>'],
      ['<!DOCTYPE html><br><p>', '<p/>'],
      [deep, `${deep}\n`],
    ] as const)
      expect(look('x.xml', a, b)?.format).toBe('text');
  });

  test('in a random document with one text changed, that element is named', () => {
    const name = fc.stringMatching(/^[a-z]{1,4}$/);
    const sibling = fc.stringMatching(/^[ -;=?-~]{0,8}$/).map((text) => text.replaceAll('&', '&amp;'));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), sibling, (path, around) => {
        const wrap = (leaf: string) =>
          path.reduceRight(
            (inner, tag) => `<${tag}>\n <other k="${around.replaceAll('"', '')}"/>${inner}</${tag}>`,
            leaf,
          );
        expect(parts(wrap('<it>one</it>'), wrap('<it>two</it>'))).toEqual([
          { kind: 'changed', name: `/${path.join('/')}/it`, a: 'one', b: 'two' },
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
