import { tokenExplainer } from '../token-explainer.ts';
import { kernelRelease as release } from '../values.ts';

export const kernelRelease = tokenExplainer(
  {
    id: 'kernel-release',
    title: 'The kernel of the machine that built it is written into a file',
    remedy: 'Leave out what uname says: it tells of the machine, not of the program.',
    looksLike: 'config.log  offset 210\n  a: 6.1.0-18-amd64\n  b: 5.15.0-1051-aws',
    why: 'configure, config.guess, os.release or platform.platform ask the running kernel for its version.',
    fixes: {
      Autotools: '`./configure --build=x86_64-linux-gnu`; config.log and config.status are not shipped',
      CMake: 'no `CMAKE_HOST_SYSTEM_VERSION` and `CMAKE_SYSTEM` in installed files',
      'make, shell': 'no `$(uname -r)` and `$(uname -a)`; `setarch --uname-2.6` as a stopgap',
      Python: 'no `platform.platform()`',
      Perl: '`perl -V` has osvers: give Configure `-Dosvers=`',
      'Linux kernel modules': 'the headers of the kernel that it is for: `KVER`',
    },
  },
  [
    {
      pattern: release,
      confidence: 'likely',
      claims: ({ a, b }) =>
        !/(?:alpha|beta|rc|pre|dev|post|final|snapshot|release|jre|jdk|ga)\b|\d(?:a|b|rc)\d/i.test(
          `${a} ${b}`,
        ) || /linux|amd64|generic|aws|azure|arch|cloud/i.test(`${a} ${b}`),
    },
    // the build of the kernel: #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)
    {
      pattern:
        /#\d{1,5}(?:[-~][\w.~-]{1,40})? SMP(?: PREEMPT(?:_\w{1,10})?)?(?: [\w:.~+-]{1,40}){0,8}(?: \(\d{4}-\d{2}-\d{2}\))?/g,
      confidence: 'likely',
    },
  ],
);
