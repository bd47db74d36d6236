import { tokenExplainer } from '../token-explainer.ts';

export const processId = tokenExplainer(
  {
    id: 'process-id',
    title: 'The number of a process is written into a file',
    remedy: 'Leave it out; for names of temporary files that end up in the output, use fixed names.',
    looksLike: 'build.log  offset 5\n  a: 4711\n  b: 4838',
    why: 'A script uses $$, getpid or a temporary file named by it, and the name or number is written down.',
    fixes: {
      'make, shell': 'mktemp only for what is not shipped; no $$ in names of sections, symbols or logs',
      Python: 'no os.getpid() in names',
      Perl: 'no $$ in names',
    },
  },
  [
    {
      pattern: /(?<=\b(?:pid|process(?:[-_ ]?id)?|ppid)["']?\s{0,3}[:=]?\s{0,3}["']?#?)\d{1,8}\b/gi,
      confidence: 'likely',
    },
    { pattern: /(?<=\/tmp\/[\w.-]{0,80}[._-])\d{2,8}\b/g, confidence: 'possible' },
  ],
);
