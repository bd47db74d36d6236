import type { Cursor } from './cursor.ts';
import type { DecodedStreams } from './decoded-streams.ts';
import type { Cut, CutKind } from '#schemas/cut.ts';
import { archiveAt } from './alike.ts';
import { Cuts } from './cuts.ts';
import type { Archive, ContentFacts, Fields } from './entry.ts';
import { findingCatalogue, type ArchiveFinding, type FindingId } from './findings.ts';
import type { ReadLimits } from './limits.ts';
import { BudgetSpent } from './malformed.ts';

/** Where a reader stands: names for people, ordinals as identity, how deep. */
export interface Place {
  readonly path: readonly string[];
  readonly id: string;
  readonly depth: number;
}

export const rootPlace: Place = { path: [], id: '', depth: 0 };

/** Longest text taken from an archive into a report. */
const textMax = 2000;

const sharedFieldsMax = 4096;

/** `text` cut to what a report carries. */
export function bounded(text: string, max = textMax): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** The id of member `ordinal` of the archive at `place`. */
export function memberId(place: Place, ordinal: number): string {
  return place.id === '' ? String(ordinal) : `${place.id}.${ordinal}`;
}

/** The place of member `ordinal` of the archive at `place`. */
export function memberPlace(place: Place, ordinal: number, name: string): Place {
  return {
    path: place.path.length === 0 ? [bounded(name)] : [...place.path, bounded(name)],
    id: memberId(place, ordinal),
    depth: place.depth + 1,
  };
}

/** Called with decoded bytes of a content and their offset in it. The bytes are only valid during the call. */
export type ContentTap = (bytes: Uint8Array, offset: number) => void;

/** What a reading pass looks at. The first pass digests everything; a later one captures some contents again. */
export interface Purpose {
  /** Whether contents are digested: a reading that does not only looks for what is wanted. */
  readonly digest: boolean;
  /** Whether the member at this id, or anything inside it, is of interest. */
  wanted(id: string): boolean;
  /** A tap for the content at this place. */
  tap(place: Place): ContentTap | undefined;
  /** Whether archives below the depth that is allowed are left closed by intent: then that is no cut. */
  readonly shallow?: boolean;
  /** Streams that a reading of the same file keeps, for another to take from here. */
  readonly decoded?: DecodedStreams;
}

export const digestAll: Purpose = { digest: true, wanted: () => true, tap: () => undefined };

/**
 * Reads a member's content to its end: digests it, shows it to the pass's tap, and opens it where it is an archive
 * (unless `opaque`: bytes that could not be decoded). Throws BudgetSpent, and Malformed of an archive further out.
 */
export type ContentReader = (
  reading: Reading,
  place: Place,
  input: Cursor,
  options?: { opaque?: boolean },
) => Promise<ContentFacts>;

/** How contents are read, whatever their format. `startReading` knows. */
export interface ContentReaders {
  readonly read: ContentReader;
  /** Whether these bytes, which are all of the content at `place`, are an archive that is to be opened. */
  opens(reading: Reading, place: Place, bytes: Uint8Array): boolean;
  /** Like `read`, of a content that is at hand as a whole and is not opened. Throws BudgetSpent. */
  digest(reading: Reading, place: Place, bytes: Uint8Array): ContentFacts;
}

/** State of one reading: budgets spent, findings and cuts collected. One for each file and pass. */
export class Reading {
  readonly limits: ReadLimits;
  readonly purpose: Purpose;
  readonly findings: ArchiveFinding[] = [];
  readonly #cuts = new Cuts();
  /** Of the file itself: what all its members together may expand to is measured by it. */
  rootBytes = Number.POSITIVE_INFINITY;
  #decodedBytes = 0;
  readonly #decodedAt: number[] = [];
  #bomb = false;
  #members = 0;
  #nameBytes = 0;
  #findings = 0;
  #heldBytes = 0;
  readonly #fields = new Map<string, Fields>();
  /** What is in there: then nothing need be spelled out to find it. */
  readonly #shared = new Set<Fields>();

  readonly #readers: ContentReaders;
  readonly #other: Archive | undefined;

  /** Use `startReading`, which knows the formats. */
  constructor(limits: ReadLimits, purpose: Purpose, readers: ContentReaders, other?: Archive) {
    this.#other = other;
    this.limits = limits;
    this.purpose = purpose;
    this.#readers = readers;
  }

  /** Whether a reading before this one told all of the member at this id, and this one wants nothing of it. */
  skips(id: string): boolean {
    return !this.purpose.digest && !this.purpose.wanted(id);
  }

  /** Reads a member's content, which may be an archive of any format. */
  readContent(place: Place, input: Cursor, options?: { opaque?: boolean }): Promise<ContentFacts> {
    return this.#readers.read(this, place, input, options);
  }

  /** Whether a content of which these are all bytes is an archive that is to be opened, by `readContent`. */
  opens(place: Place, bytes: Uint8Array): boolean {
    return this.#readers.opens(this, place, bytes);
  }

  /** What `readContent` tells of a content that is at hand as a whole and that is not opened. */
  digestContent(place: Place, bytes: Uint8Array): ContentFacts {
    return this.#readers.digest(this, place, bytes);
  }

  find(place: Place, id: FindingId, detail: string, offset?: number): void {
    this.#findings += 1;
    this.#bomb ||= id === 'bomb';
    if (this.#findings > this.limits.findingsMax) {
      this.cutOnce('unweighed', `findings: only the first ${this.limits.findingsMax} of a file count`);
      return;
    }
    this.findings.push({
      id,
      severity: findingCatalogue[id].severity,
      path: place.path,
      ...(offset === undefined ? {} : { offset }),
      detail: bounded(detail),
    });
  }

  /** One object for all members with these fields: most members of an archive have the same. */
  share(fields: Fields): Fields {
    if (this.#shared.has(fields)) return fields;
    const key = JSON.stringify(fields);
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    if (this.#fields.size < sharedFieldsMax) {
      this.#fields.set(key, fields);
      this.#shared.add(fields);
    }
    return fields;
  }

  /** What stands at this place in the file that this one is compared with, where that was read before. */
  twinOf(place: Place): Archive | undefined {
    return archiveAt(this.#other, place.id);
  }

  cutOnce(kind: CutKind, detail: string): void {
    this.#cuts.add(kind, detail);
  }

  /** What was left out so far. */
  get cut(): readonly Cut[] {
    return this.#cuts.list();
  }

  /**
   * Notes decoded bytes of the content at `place`. Many members, or archives in archives, can be a bomb together where
   * none of them is: a level of nesting that is out of proportion to the file is found, once. @throws BudgetSpent
   */
  spendDecoded(place: Place, bytes: number): void {
    this.#decodedBytes += bytes;
    const { bombBytesMin, ratioMax } = this.limits;
    const decoded = (this.#decodedAt[place.depth] ?? 0) + bytes;
    this.#decodedAt[place.depth] = decoded;
    if (!this.#bomb && decoded >= bombBytesMin && decoded >= ratioMax * this.rootBytes) {
      this.find(rootPlace, 'bomb', `all its members together expand more than ${ratioMax} times`);
    }
    if (this.#decodedBytes > this.limits.decodedBytesMax) {
      throw new BudgetSpent(`reading stopped after ${this.limits.decodedBytesMax} decoded bytes`);
    }
  }

  /** Notes another member with a name of `nameBytes`. @throws BudgetSpent */
  spendMember(nameBytes: number): void {
    const { membersMax, nameBytesMax } = this.limits;
    this.#members += 1;
    this.#nameBytes += nameBytes;
    if (this.#members > membersMax) throw new BudgetSpent(`reading stopped after ${membersMax} members`);
    if (this.#nameBytes > nameBytesMax) {
      throw new BudgetSpent(`reading stopped after ${nameBytesMax} bytes of names`);
    }
  }

  /** Whether `bytes` more may be held in memory for a nested zip. */
  mayHold(bytes: number): boolean {
    return this.#heldBytes + bytes <= this.limits.nestedZipBytesMax;
  }

  /** Notes that `bytes` are held (negative: let go). */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }
}
