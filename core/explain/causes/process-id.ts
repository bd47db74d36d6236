import { tokenExplainer } from '../token-explainer.ts';
import { processNumber } from '../values.ts';

export const processId = tokenExplainer(
  {
    id: 'process-id',
    title: 'The number of a process is written into a file',
    remedy: 'Leave it out; for names of temporary files that end up in the output, use fixed names.',
    looksLike: 'build.log  offset 5\n  a: 4711\n  b: 4838',
    why: 'A script uses `$$`, getpid or a temporary file named by it, and the number is written down.',
    fixes: {
      'make, shell': 'no `$$` in names of files, sections, symbols or logs',
      Python: 'no `os.getpid()` in names; logging without `%(process)d`',
      Perl: 'no `$$` in names',
      npm: 'no `process.pid` in what is written',
      Java: 'no `ProcessHandle.current().pid()`, no `RuntimeMXBean.getName()` (pid@host)',
    },
  },
  [
    { pattern: processNumber, confidence: 'likely' },
    // as syslog has it: name[4711]:
    { pattern: /(?<=\b[A-Za-z][\w./-]{0,40}\[)\d{1,7}(?=\]:)/g, confidence: 'likely' },
    { pattern: /(?<=\/proc\/)\d{1,7}(?=\/)/g, confidence: 'likely' },
    { pattern: /(?<=\/tmp\/[\w.-]{0,80}[._-])\d{2,7}\b/g, confidence: 'possible' },
    // a name that ends with it: conftest.4711, out-4711.tmp
    {
      pattern: /(?<=\b(?:tmp|temp|conftest|confdefs|lock|scratch)[\w-]{0,20}[._-])\d{2,7}(?=[._]|\b)/g,
      confidence: 'possible',
    },
  ],
);
