import { fixedInstant } from './holds.ts';
import { bring, preload, prepare, setVariables, stopClock, wrap } from './setting.ts';
import type { Variation } from './variation.ts';

/** A year, a month and some hours: another year, month, day, weekday and hour. */
const laterSeconds = 34_300_000;

/** Unpacked names are made again in the opposite order; a folder follows what is in it, so that its times stay. */
const reverseOrder =
  'mkdir "$1.reversed"; (cd "$1"; find . -mindepth 1 -print0 | LC_ALL=C sort --reverse --zero-terminated | ' +
  'tar --create --no-recursion --null --files-from=-) | tar --extract --preserve-permissions --directory "$1.reversed"; ' +
  'rm -r "$1"; mv "$1.reversed" "$1"';

/** The first CPU that we may use, read by the shell alone: a process more would shift the numbers of the others. */
const firstCpu =
  'while read -r name list; do [ "$name" != Cpus_allowed_list: ] || break; done </proc/self/status; cpu=${list%%[,-]*}';

/**
 * All variations, in the order in which they are tried. Each is one small value. The time comes first: where it gets in,
 * the clock is stopped before anything else is varied, for time goes on meanwhile.
 */
export const variations: readonly Variation[] = [
  {
    id: 'time',
    title: 'the time',
    how: 'now → 397 days later (libfaketime: programs that are linked statically keep the real time)',
    remedy: 'Leave the time out, or take it from SOURCE_DATE_EPOCH when that is set.',
    causes: ['build-time-in-content', 'build-time-in-metadata', 'time-in-name'],
    changes: [{ kind: 'clock' }],
    needs: 'faketime',
    apply: (setting, { faketime = '' }) =>
      setting.isClockHeld === true
        ? stopClock(setting, faketime, fixedInstant + laterSeconds)
        : preload(setting, faketime, `FAKETIME=+${laterSeconds} NO_FAKE_STAT=1`),
  },
  {
    id: 'environment',
    title: 'the environment',
    how: 'a further variable, and a further folder at the end of PATH',
    remedy: 'Take nothing from the environment but what the recipe declares.',
    causes: ['environment-variable'],
    declaredBy: 'PATH',
    apply: (setting) =>
      setVariables(setting, {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/assay-varied/bin',
        ASSAY_VARIED: 'a variable that no build knows',
      }),
  },
  {
    id: 'build-path',
    title: 'the folder of the build',
    how: '/work/src → /work/another-folder-of-the-build',
    remedy:
      'Write no absolute path: use relative ones, or have the tool map them (-ffile-prefix-map, -trimpath).',
    causes: ['build-path', 'debug-path', 'build-path-in-name'],
    apply: (setting) => ({ ...setting, sourceFolder: 'another-folder-of-the-build' }),
  },
  {
    id: 'home',
    title: 'the home folder',
    how: 'HOME=/work/home → /work/varied-home',
    remedy: 'Write no path below the home folder, and read no settings from it.',
    causes: ['home-folder'],
    changes: [{ kind: 'variable', name: 'HOME', value: '/work/home' }],
    declaredBy: 'HOME',
    apply: (setting) =>
      prepare(setVariables(setting, { HOME: '/work/varied-home' }), 'vary-home', 'mkdir /work/varied-home'),
  },
  {
    id: 'user',
    title: 'the user',
    how: 'build (1000) → backup (34), by name, number and USER',
    remedy: 'Leave user and group out of what is built; let the packer write owner 0.',
    causes: ['user-and-host', 'owner'],
    apply: (setting) => ({
      ...setVariables(setting, { USER: 'backup', LOGNAME: 'backup' }),
      machine: { ...setting.machine, uid: 34, gid: 34 },
    }),
  },
  {
    id: 'host-name',
    title: 'the host name',
    how: 'build → varied-host',
    remedy: 'Leave the name of the machine out of what is built.',
    causes: ['user-and-host'],
    apply: (setting) => ({ ...setting, machine: { ...setting.machine, hostname: 'varied-host' } }),
  },
  {
    id: 'umask',
    title: 'the umask',
    how: '0022 → 0002',
    remedy: 'Run `umask 022` before the build, or give the packer the modes.',
    causes: ['umask'],
    changes: [{ kind: 'umask', value: '0022' }],
    apply: (setting) => wrap(setting, 'umask 0002; exec "$@"'),
  },
  {
    id: 'time-zone',
    title: 'the time zone',
    how: 'TZ=UTC → 14 hours east of it',
    remedy: 'Set TZ=UTC for the build, or write times in UTC.',
    causes: ['time-zone'],
    changes: [{ kind: 'variable', name: 'TZ', value: 'UTC' }],
    declaredBy: 'TZ',
    // Where a program sets TZ itself, libfaketime reads the moment at which it stops the clock in two zones.
    without: 'clock',
    apply: (setting) => setVariables(setting, { TZ: 'GMT-14' }),
  },
  {
    id: 'locale',
    title: 'the locale',
    how: 'C.UTF-8 → tr_TR.UTF-8: language, sorting, upper case, decimal point',
    remedy: 'Set LC_ALL=C.UTF-8 for the build, or for the one command that sorts or prints.',
    causes: ['locale'],
    changes: [{ kind: 'variable', name: 'LC_ALL', value: 'C.UTF-8' }],
    needs: 'locales',
    declaredBy: 'LC_ALL',
    apply: (setting, { locales = '' }) =>
      bring(
        setVariables(setting, { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', LOCPATH: locales }),
        'locales',
      ),
  },
  {
    id: 'file-order',
    title: 'the order of files in a folder',
    how: 'the source is unpacked in the opposite order, which a folder in memory shows (not what the build itself makes)',
    remedy: 'Sort what is read from a folder, independent of the locale.',
    causes: ['file-order'],
    apply: (setting) => prepare(setting, 'vary-file-order', reverseOrder),
  },
  {
    id: 'cpus',
    title: 'the number of CPUs',
    how: 'all that this host has → one',
    remedy:
      'Let no count of CPUs into what is built: give the number of jobs, or join their results in a fixed order.',
    causes: ['cpu-count'],
    cpusMin: 2,
    apply: (setting) => wrap(setting, `${firstCpu}; exec taskset --cpu-list "$cpu" "$@"`),
  },
  {
    id: 'process-id',
    title: 'the numbers of processes',
    how: 'from 2 on → from about 200 on',
    remedy:
      'Leave the number of the process out; use fixed names for temporary files that end up in the output.',
    causes: ['process-id'],
    apply: (setting) =>
      wrap(setting, 'n=0; while [ "$n" -lt 200 ]; do n=$((n + 1)); (:); done; "$@"; exit $?'),
  },
  {
    id: 'kernel',
    title: 'the release of the kernel',
    how: 'as it is → as a 2.6 (personality UNAME26)',
    remedy: 'Leave the kernel out of what is built: it is that of whoever builds.',
    causes: ['kernel-release'],
    apply: (setting) => wrap(setting, 'exec setarch --uname-2.6 "$@"'),
  },
];
