import { tokenExplainer } from '../token-explainer.ts';

export const userAndHost = tokenExplainer(
  {
    id: 'user-and-host',
    title: 'The name of the user or the machine that built it is written into a file',
    remedy:
      'Leave it out, or set the variables that the tool takes it from (KBUILD_BUILD_USER, KBUILD_BUILD_HOST, -Duser.name=, USER and HOSTNAME).',
    looksLike: 'config.h  offset 24\n  a: ann@laptop\n  b: root@buildd-7',
    why: 'A banner tells who built it and where: whoami, hostname, user.name, KBUILD_BUILD_HOST.',
    fixes: {
      'make, shell': 'no $(whoami) and $(hostname)',
      'Linux kernel': 'KBUILD_BUILD_USER and KBUILD_BUILD_HOST',
      Maven: 'no Built-By: maven-archiver 3.4 or later',
      Gradle: 'no user.name in the manifest',
      Python: 'no getpass.getuser() and socket.gethostname()',
      cargo: 'no whoami or hostname in build.rs',
      go: 'no -X main.builder=$(whoami)',
      Docker: 'a fixed --hostname for RUN',
    },
  },
  [
    {
      pattern:
        /(?<=\b(?:user|username|host|hostname|machine|builder|built[-_ ]?by|built on|build[-_ ]?(?:user|host))["']?\s{0,3}[:=]?\s{0,3}["']?)[\w.-]+(?:@[\w.-]+)?/gi,
      confidence: 'likely',
      claims: ({ a, b }) => /[a-z]/i.test(a) && /[a-z]/i.test(b) && !isDate(a) && !isDate(b),
    },
    // root@host, without a domain's ending: an address of mail is no machine
    { pattern: /(?<![\w.-])[\w-]+@[\w-]+(?![\w.-])/g, confidence: 'possible' },
  ],
);

function isDate(text: string): boolean {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/.test(text);
}
