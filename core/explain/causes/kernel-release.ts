import { tokenExplainer } from '../token-explainer.ts';
import { kernelRelease as release } from '../values.ts';

/** What distributions put behind the version: 6.1.0-18-amd64, 4.18.0-553.el8.x86_64, 6.8.9-arch1-2; no name of a package. */
const flavour =
  /-\d{1,5}-[a-z]|linux|amd64|x86[-_]64|aarch64|arm64|armmp|ppc64|s390x|riscv64|-(?:generic|aws|azure|gcp|gke|oracle|arch\d|cloud|default|lts|virt|zen|pve|rt\d|rpi|wsl\d?)|\.el\d|\.fc\d|\.amzn\d/i;

function isFlavoured(text: string): boolean {
  return flavour.test(text);
}

/** Behind the word `Linux`: 4.4.0 and 6.1.66, or with what their builder added. */
function isBare({ a, b }: Readonly<Record<'a' | 'b', string>>): boolean {
  return [a, b].every((text) => /^[2-9]\.\d{1,2}\.\d{1,3}$/.test(text));
}

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
      claims: (pair) => isFlavoured(pair.a) || isFlavoured(pair.b) || isBare(pair),
    },
    // the build of the kernel: #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)
    {
      pattern:
        /#\d{1,5}(?:[-~][\w.~-]{1,40})? SMP(?: PREEMPT(?:_\w{1,10})?)?(?: [\w:.~+-]{1,40}){0,8}(?: \(\d{4}-\d{2}-\d{2}\))?/g,
      confidence: 'likely',
    },
  ],
);
