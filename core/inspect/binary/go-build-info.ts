import type { Part } from '#schemas/comparison.ts';
import type { Work } from '../work.ts';

/** Go's build information, as Go 1.18 and later write it (debug/buildinfo): 32 bytes, then two texts with lengths. */
const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;
const headerBytes = 32;
const inlineFlag = 2;
const textBytesMax = 64 * 1024;
/** What the linker puts before and behind the text of the module, so that it can be found. */
const sentinelBytes = 16;
const settingsMax = 2000;
const nameMax = 300;
const valueMax = 400;

/** A line of the build information: what it is called in a report, and where it stands. */
interface Setting {
  readonly value: string;
  readonly offset: number;
}

/** A text behind its length, as a varint of at most three bytes. */
function textAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  let length = 0;
  for (let index = 0; index < 3; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * index);
    if (byte >= 0x80) continue;
    const start = at + index + 1;
    return length > textBytesMax || start + length > bytes.byteLength
      ? undefined
      : { start, end: start + length };
  }
  return undefined;
}

/** Where the build information stands: aligned, and of the form that holds its texts itself. */
function findInfo(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    if (at % alignment === 0 && ((bytes[at + 15] ?? 0) & inlineFlag) !== 0) return at;
  }
  return undefined;
}

/**
 * `build\t-trimpath=true` is `Go build setting -trimpath`, `dep\tgolang.org/x/net\tv0.1.0\th1:…` is `Go dependency
 * golang.org/x/net`, with the version and what replaces it; the sums follow from these.
 */
function parseLines(text: string, offset: number): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  let at = offset;
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const [kind = '', first = '', second = ''] = line.split('\t');
    const lineAt = at;
    at += Buffer.byteLength(line) + 1;
    if (settings.size >= settingsMax) break;
    const put = (name: string, value: string): void => {
      last = name.slice(0, nameMax);
      settings.set(last, { value: value.slice(0, valueMax), offset: lineAt });
    };
    if (kind === 'build' && first.includes('=')) {
      const split = first.indexOf('=');
      put(`Go build setting ${first.slice(0, split)}`, first.slice(split + 1));
    } else if (kind === 'dep') put(`Go dependency ${first}`, second);
    else if (kind === 'mod') put(`Go module ${first}`, second);
    else if (kind === 'path') put('Go package', first);
    else if (kind === '=>' && last !== undefined) {
      const replaced = settings.get(last);
      if (replaced !== undefined) put(last, `${replaced.value}, replaced by ${first} ${second}`);
    }
  }
  return settings;
}

function settingsOf(content: Uint8Array): Map<string, Setting> | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const at = findInfo(bytes);
  const version = at === undefined ? undefined : textAt(bytes, at + headerBytes);
  const module = version === undefined ? undefined : textAt(bytes, version.end);
  if (version === undefined || module === undefined) return undefined;
  const bare = module.end - module.start >= 2 * sentinelBytes;
  const [start, end] = bare
    ? [module.start + sentinelBytes, module.end - sentinelBytes]
    : [module.start, module.start];
  return new Map([
    [
      'Go version',
      { value: bytes.toString('utf8', version.start, version.end).slice(0, valueMax), offset: version.start },
    ],
    ...parseLines(bytes.toString('utf8', start, end), start),
  ]);
}

/**
 * What two programs by Go say otherwise of how they were built: options, modules, the state of the checkout. Told in
 * addition to the bytes that it stands in. Empty where not both say.
 */
export function goBuildParts(a: Uint8Array, b: Uint8Array, work: Work): Part[] {
  work.spend(Math.ceil((a.byteLength + b.byteLength) / 16));
  const [own, others] = [settingsOf(a), settingsOf(b)];
  if (own === undefined || others === undefined) return [];
  const names = [...new Set([...own.keys(), ...others.keys()])].sort();
  return names.flatMap((name): Part[] => {
    const [one, other] = [own.get(name), others.get(name)];
    // CGO_CFLAGS= says what its absence says.
    if ((one?.value ?? '') === (other?.value ?? '')) return [];
    const kind = one === undefined ? 'added' : other === undefined ? 'removed' : 'changed';
    const values = { a: one?.value ?? null, b: other?.value ?? null };
    return [{ kind, name, ...values, offset: one?.offset ?? other?.offset ?? 0 }];
  });
}
