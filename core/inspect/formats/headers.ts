import type { Inspector } from '../inspector.ts';
import { parseHeaders } from '../parsers/parse-headers.ts';
import { recordNames } from '../parsers/record-names.ts';
import { baseName, headText } from '../text/head-text.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

/** https://packaging.python.org/specifications/core-metadata/: headers, then the description as a text. */
export const metadata: Inspector = {
  id: 'metadata',
  title: 'METADATA, PKG-INFO and WHEEL of Python: headers by key, the description by line',
  recognises: (name, head) =>
    /^(?:METADATA|PKG-INFO|WHEEL)$/.test(baseName(name)) ||
    /^(?:Metadata|Wheel)-Version:/.test(headText(head)),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) =>
      parseHeaders(utf8, builder, { joint: '\n', behind: 'body' }),
    ),
};

/** https://www.debian.org/doc/debian-policy/ch-controlfields.html: paragraphs of fields. */
export const control: Inspector = {
  id: 'control',
  title: 'Control files of Debian: fields by paragraph and name',
  recognises: (name, head) =>
    /^(?:control|Release|InRelease|.+\.(?:dsc|changes|buildinfo))$/.test(baseName(name)) ||
    /^(?:Package|Format|Origin): /.test(headText(head)),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) =>
      parseHeaders(utf8, builder, { joint: '\n', behind: 'groups' }),
    ),
};

/** https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html: lines of 72 bytes, the rest in the next ones. */
export const manifest: Inspector = {
  id: 'manifest',
  title:
    'MANIFEST.MF and signature files (.SF) of Java: attributes by section; where lines are wrapped is spelling',
  recognises: (name, head) =>
    /^(?:MANIFEST\.MF|[^/]+\.SF)$/i.test(baseName(name)) ||
    /^(?:Manifest|Signature)-Version:/.test(headText(head)),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) =>
      parseHeaders(utf8, builder, { joint: '', behind: 'groups' }),
    ),
};
