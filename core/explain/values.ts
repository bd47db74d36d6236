import { hideMoments } from './moments.ts';

/** UUIDs, RFC 9562: version 4 is random, 1, 6 and 7 are of the time and random. */
export const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[14-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi;

/** Absolute paths of at least two parts, also in a file: URL; not what follows a host's name. */
export const absolutePath =
  /(?:(?<![\w.:/\\~-])|(?<=\bfile:\/\/)|(?<=[\w.:-]=)|(?<=(?:^|[\s"'=])[-\w.]{1,60}:)|(?<=\s-[A-Z]))(?:[A-Za-z]:[\\/]|\/)(?:[\w.+@~%-]+[/\\]+)+[\w.+@~%-]*/g;

/** root@host without a domain's ending: an address of mail is no machine. */
export const account =
  /(?<![\w.-])[\w-]{1,64}@[\w-]{1,64}(?:\.(?:local|localdomain|lan|internal))?(?![\w.-])/g;

/** The name behind a word for a user or a machine. */
export const namedAccount =
  /(?<=\b(?:user|username|user[-_.]name|login|logname|host|hostname|host[-_.]?name|node(?:name)?|machine|builder|built[-_ ]?by|compiled[-_ ]by|built on|build[-_ ]?(?:user|host|machine))["']?(?:\s{0,3}[:=]\s{0,3}|\s{1,3})["']?)[\w.-]{1,64}(?:@[\w.-]{1,64})?/gi;

/** Names that mktemp, tempfile, gcc, go, pip and others make up: what is random of them. */
export const temporaryName =
  /(?<=\/(?:tmp\.|tmp|cc|go-build|pip-[a-z-]{1,20}-|npm-|rustc|yarn--|_MEI|bazel-|build-env-|\.tmp))(?=[\w]{0,24}[\dA-Z_])\w{5,24}\b|(?<=\/tmp\/tmp)[a-z0-9_]{8}(?!\w)|(?<=\/tmp\.)[A-Za-z0-9]{10}(?!\w)/g;

/** Hexadecimal of a length that no digest has. */
export const hexadecimal = /\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,31}\b/g;

/** What git describe says (v1.2-3-gabcdef0), and as setuptools-scm writes it (1.3.dev3+gabcdef0.d20261122). */
export const gitVersion =
  /\bv?\d+(?:\.\d+)*(?:[-.]?(?:dev|post)\d+)?(?:-\d+-g[0-9a-f]{7,40}|\+g[0-9a-f]{7,40}(?:\.d\d{8})?)(?:-dirty|\+dirty)?(?![\w.])/g;

/** A number behind a word for a process. */
export const processNumber =
  /(?<=\b(?:pid|process(?:[-_ ]?id)?|ppid)["']?\s{0,3}[:=]?\s{0,3}["']?#?)\d{1,7}\b/gi;

/** A number of processors, or of the jobs that follow from it. */
export const processorCount =
  /(?<=(?:(?<![\w-])-j ?|--(?:jobs|parallel|threads|workers|cpus)[= ]|\b(?:nproc|n?cpus?|cores|processors|jobs|num_?(?:cpus?|cores|jobs|threads|workers|procs)|cpu[-_ ]?count|hardware[-_ ]?concurrency|availableprocessors)["']?\s{0,2}[:=]?\s{0,2}["']?))\d{1,4}\b|(?<![\w.-])\d{1,4}(?= (?:cpus?|cores|processors|(?:parallel|concurrent) jobs|(?:worker )?threads|workers)\b)/gi;

/** What uname -r says: 6.1.0-18-amd64, 5.15.0-1051-aws, 6.8.9-arch1-2, 2.6.66. */
export const kernelRelease =
  /(?<![\w.])[2-9]\.\d{1,2}(?:\.\d{1,3})?(?:-\d{1,5}){0,2}[-.+](?:[a-z][a-z0-9_]{1,20})(?:[-.+][\w]{1,20}){0,4}(?![\w])|(?<=\b(?:linux|kernel)(?: (?:version|release))?["']?[ :=]{1,3}["']?)[2-9]\.\d{1,2}\.\d{1,3}(?:[-+][\w.+-]{1,40})?/gi;

/** The name of a locale, or of the character set that comes with it. */
export const localeName =
  /(?<![\w.-])(?:(?:C|POSIX|[a-z]{2,3}_[A-Z]{2})(?:\.(?:UTF-?8|ISO-?8859-?\d{1,2}|euc\w{2}))?(?:@\w{1,12})?|UTF-?8|ANSI_X3\.4-1968|US-ASCII|ISO-8859-\d{1,2})(?![\w.-])/gi;

/** Shapes of values that vary between builds, in the order in which they are hidden; moments come behind the UUIDs. */
const shapes: readonly (readonly [mark: string, pattern: RegExp])[] = [
  ['path', absolutePath],
  ['account', namedAccount],
  ['account', account],
  ['git', gitVersion],
  ['pid', processNumber],
  ['cpus', processorCount],
  ['kernel', kernelRelease],
  ['hex', hexadecimal],
];

/** The text with each value of a known kind replaced by a mark of its kind: what is left should be the same. */
export function hideValues(text: string): string {
  let masked = hideMoments(text.replace(uuid, '\u0001uuid'));
  for (const [mark, pattern] of shapes) masked = masked.replace(pattern, `\u0001${mark}`);
  return masked;
}
