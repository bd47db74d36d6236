import { tokenExplainer } from '../token-explainer.ts';
import { account, namedAccount } from '../values.ts';

function isDate(text: string): boolean {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/.test(text);
}

/** The short name of a machine and its long one are the same machine; a version is none. */
function isName(text: string): boolean {
  return /[a-z]/i.test(text) && !isDate(text) && !/^v?\d+\.\d/.test(text);
}

/** Code is full of `XH9H@v`. */
function isAccount(text: string): boolean {
  return isName(text) && /^(?:[a-z_]|[A-Z][a-z])[\w-]*@[\w-]{2,}/.test(text);
}

export const userAndHost = tokenExplainer(
  {
    id: 'user-and-host',
    title: 'The name of the user or the machine that built it is written into a file',
    remedy:
      'Leave it out, or set the variables that the tool takes it from (KBUILD_BUILD_USER, KBUILD_BUILD_HOST, -Duser.name=, USER and HOSTNAME).',
    looksLike: 'config.h  offset 24\n  a: ann@laptop\n  b: root@buildd-7',
    why: 'A banner tells who built it and where: whoami, hostname, user.name, getpass.getuser, KBUILD_BUILD_HOST.',
    fixes: {
      'make, shell': 'no `$(whoami)` and `$(hostname)`',
      'Linux kernel': '`KBUILD_BUILD_USER=user KBUILD_BUILD_HOST=host`',
      Maven: 'maven-archiver 3.4 or later, which writes no Built-By',
      Gradle: "no `System.getProperty('user.name')` in the manifest",
      Python: 'no `getpass.getuser()` and `socket.gethostname()`',
      cargo: 'no whoami or hostname in build.rs',
      go: 'no `-X main.builder=$(whoami)`',
      Autotools: 'config.log and config.status are not shipped',
      Docker: 'a fixed `--hostname` and `USER`',
    },
  },
  [
    { pattern: namedAccount, confidence: 'likely', claims: ({ a, b }) => isName(a) && isName(b) },
    { pattern: account, confidence: 'possible', claims: ({ a, b }) => isAccount(a) && isAccount(b) },
  ],
);
