import { tokenExplainer } from '../token-explainer.ts';

export const mergedUsr = tokenExplainer(
  {
    id: 'merged-usr',
    title: 'A program was found in /bin on one system and in /usr/bin on the other',
    remedy:
      'Name programs by the path that all systems have (/bin/sh), or build where /bin is no link to /usr/bin.',
    looksLike: 'config.status  offset 18\n  a: /usr/bin/sed\n  b: /bin/sed',
    why: 'configure, CMake and others search PATH and write what they find; where /bin is a link to /usr/bin (merged usr) they find all programs in the latter.',
    fixes: {
      Autotools: '`./configure SED=/bin/sed GREP=/bin/grep` and so on',
      CMake: 'no absolute paths from `find_program` in installed files',
      'make, shell': '`#!/bin/sh`; no `$(which …)` in what is shipped',
      dpkg: 'a merged root file system, as dpkg and debootstrap make it from Debian 12 on',
    },
  },
  [
    {
      pattern: /(?<![\w./-])(?:\/usr)?\/(?:s?bin|lib(?:32|64|x32)?)\/[\w.+-]{1,60}(?:\/[\w.+-]{1,60}){0,8}/g,
      confidence: 'likely',
      claims: ({ a, b }) => a === `/usr${b}` || b === `/usr${a}`,
    },
  ],
);
