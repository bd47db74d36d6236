import { ensureSystemPrograms, systemPrograms } from '#cli/service/system-packages.ts';
import { asAppError } from '#core/errors/app-error.ts';

/**
 * Runs before `npm test`: brings the real servers that the tests start. What cannot be brought is named with the one
 * command to type; then the tests that need it fail, and none is skipped. Go is not among them: deploy/go.sh.
 */
const testPrograms = [
  ...systemPrograms,
  { program: 'redis-server', package: 'redis-server', for: 'the queue on Redis' },
  { program: 'dockerd', package: 'docker.io', for: 'the sandbox of a Docker Engine' },
  { program: 'iptables', package: 'iptables', for: 'dockerd' },
  { program: 'docker-compose', package: 'docker-compose', for: 'docker-compose.yml, really brought up' },
  { program: 'slirp4netns', package: 'slirp4netns', for: 'dockerd in a network namespace of its own' },
  {
    program: 'docker-registry',
    package: 'docker-registry',
    for: 'a registry of images, without a referrers API',
  },
  { program: 'softhsm2-util', package: 'softhsm2', for: 'a PKCS #11 token' },
  { program: 'pkcs11-tool', package: 'opensc', for: 'signing with a PKCS #11 token' },
  { program: 'xz', package: 'xz-utils', for: 'archives that the real xz made' },
  { program: 'bzip2', package: 'bzip2', for: 'archives that the real bzip2 made' },
  { program: 'zip', package: 'zip', for: 'archives that the real zip made' },
  { program: 'dpkg-deb', package: 'dpkg', for: 'a .deb that the real dpkg-deb made' },
  { program: 'diffoscope', package: 'diffoscope-minimal', for: 'a second opinion on two files' },
  { program: 'zstd', package: 'zstd', for: 'archives that the real zstd made' },
  { program: 'make', package: 'make', for: 'what jobs of make write side by side' },
  { program: 'openssl', package: 'openssl', for: 'random values and signatures of the real openssl' },
  { program: 'perl', package: 'perl', for: 'what Perl writes in the order of its hashes, and pod2man' },
  { program: 'gcc', package: 'gcc', for: 'programs and libraries that the real gcc made' },
  { program: 'gencat', package: 'libc6-dev', for: 'what gcc links them with' },
  {
    program: 'javac',
    package: 'openjdk-17-jdk-headless',
    for: 'classes, jars and pages that the real JDK made',
  },
  { program: 'setpriv', package: 'util-linux', for: 'servers that end with the tests' },
];

const io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  fetch: globalThis.fetch,
  signal: new AbortController().signal,
  now: () => Date.now(),
  exitWith: () => undefined,
};

try {
  await ensureSystemPrograms(io, { yes: true }, testPrograms);
} catch (error) {
  const { message, hint } = asAppError(error);
  process.stderr.write(`${message}\n${hint === undefined ? '' : `  to fix it: ${hint}\n`}`);
}
