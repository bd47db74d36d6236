import { createHash } from 'node:crypto';
import type { Cut } from '#schemas/cut.ts';
import type { ByteSource } from './byte-source.ts';
import { Cursor } from './cursor.ts';
import { Cuts } from './cuts.ts';
import { isStream, type Archive, type Entry, type EntryType } from './entry.ts';
import type { ArchiveFinding } from './findings.ts';
import { globTest } from './glob.ts';
import { defaultReadLimits, type ReadLimits } from './limits.ts';
import { readFile, startReading } from './read-content.ts';
import { bounded, rootPlace, type ContentTap, type Place } from './reading.ts';

export interface FactsRequest {
  /** Globs over the names that lead to a member, joined by `/`: which members' text is wanted. */
  readonly texts: readonly string[];
  /** Whether archives in the archive are opened, to any depth, so that their members and digests are listed, too. */
  readonly nestedDigests: boolean;
  readonly limits?: Partial<ReadLimits>;
}

export interface MemberFacts {
  /** Names from the outermost archive inwards. The decoded content of a stream format (gzip): `[]` for the file itself, else its path and `(content)`. */
  readonly path: readonly string[];
  readonly type: EntryType;
  /** Bytes of the content; 0 for what has none. */
  readonly size: number;
  readonly mode: number | null;
  /** A tar's as an instant; a zip's as local time without a zone (two-second steps). */
  readonly mtime: string | null;
  /** The zip's "version made by" system: 0 Windows, 3 Unix. */
  readonly createSystem?: number;
  /** Of the content; null for what has none. */
  readonly sha256: string | null;
}

export interface ArchiveFacts {
  readonly sha256: string;
  readonly size: number;
  /** From the outermost inwards, such as gzip, tar; empty for a file that is no archive. */
  readonly formats: readonly string[];
  readonly members: readonly MemberFacts[];
  /** Text of the members asked for (UTF-8, what is not that replaced), by their names joined by `/`. */
  readonly texts: Readonly<Record<string, string>>;
  readonly findings: readonly ArchiveFinding[];
  /** What was left out, and why; empty when all was read. */
  readonly cut: readonly Cut[];
}

const textBytesMax = 262_144;
const textsBytesMax = 4 * 1024 ** 2;

function factsOf(entry: Entry, path: readonly string[]): MemberFacts {
  const { mode, mtime, create_system: system } = entry.fields;
  return {
    path,
    type: entry.type,
    size: entry.content?.size ?? 0,
    mode: mode === undefined ? null : Number.parseInt(mode, 8),
    mtime: mtime ?? null,
    ...(system === undefined ? {} : { createSystem: Number.parseInt(system, 10) }),
    sha256: entry.content?.sha256 ?? null,
  };
}

function* flatten(archive: Archive, path: readonly string[]): Generator<MemberFacts> {
  for (const entry of archive.entries) {
    const stream = isStream(archive.format);
    const own = stream ? path : [...path, bounded(entry.name)];
    yield factsOf(entry, stream && path.length > 0 ? [...path, '(content)'] : own);
    if (entry.content?.archive !== undefined) yield* flatten(entry.content.archive, own);
  }
}

function formatsOf(archive: Archive | undefined): string[] {
  if (archive === undefined) return [];
  const inner = isStream(archive.format) ? archive.entries[0]?.content?.archive : undefined;
  return [archive.format, ...formatsOf(inner)];
}

/** Keeps the text of members that are asked for, the first of each name, within bounds. */
class TextKeeper {
  readonly texts = new Map<string, { parts: Buffer[]; size: number }>();
  readonly cuts = new Cuts();
  readonly #wanted: readonly ((name: string) => boolean)[];
  #left = textsBytesMax;

  constructor(globs: readonly string[]) {
    this.#wanted = globs.map(globTest);
  }

  tap(place: Place): ContentTap | undefined {
    const name = place.path.join('/');
    if (!this.#wanted.some((test) => test(name)) || this.texts.has(name)) return undefined;
    const kept = { parts: [] as Buffer[], size: 0 };
    this.texts.set(name, kept);
    return (bytes) => {
      const room = Math.min(textBytesMax - kept.size, this.#left);
      if (bytes.byteLength > room)
        this.cuts.add('unlisted', `of texts ${textBytesMax} bytes each are given, ${textsBytesMax} in all`);
      const piece = Buffer.from(bytes.subarray(0, room));
      kept.parts.push(piece);
      kept.size += piece.byteLength;
      this.#left -= piece.byteLength;
    };
  }

  result(): Record<string, string> {
    const texts: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [name, { parts }] of this.texts) texts[name] = Buffer.concat(parts).toString('utf8');
    return texts;
  }
}

async function sha256Of(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  await Cursor.over(source, 0, source.size, (bytes) => void hash.update(bytes)).drain();
  return hash.digest('hex');
}

/** What is in a file, without a judgement: members with their metadata and digests, findings, and a few texts. */
export async function readFacts(source: ByteSource, request: FactsRequest): Promise<ArchiveFacts> {
  const depth = request.nestedDigests ? {} : { depthMax: 2 };
  const keeper = new TextKeeper(request.texts);
  const reading = startReading(
    { ...defaultReadLimits, ...depth, ...request.limits },
    // Not opening nested archives is what was asked for.
    { digest: true, wanted: () => true, tap: (place) => keeper.tap(place), shallow: !request.nestedDigests },
  );
  const archive = await readFile(reading, rootPlace, source);
  return {
    sha256: await sha256Of(source),
    size: source.size,
    formats: formatsOf(archive),
    members: archive === undefined ? [] : [...flatten(archive, [])],
    texts: keeper.result(),
    findings: reading.findings,
    cut: [...reading.cut, ...keeper.cuts.list()],
  };
}
