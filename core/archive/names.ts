import { placedName } from './nesting.ts';
import type { Place, Reading } from './reading.ts';
import { signatureOf } from './signature-files.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The name's bytes as text: UTF-8 where they are that, else latin1 (so that nothing is lost). */
export function decodeName(bytes: Uint8Array): { name: string; valid: boolean } {
  try {
    return { name: utf8.decode(bytes), valid: true };
  } catch {
    return { name: Buffer.from(bytes).toString('latin1'), valid: false };
  }
}

const rightToLeft =
  /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;

function leavesFolder(parts: readonly string[]): boolean {
  let depth = 0;
  for (const part of parts) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Findings about one member's name. */
export function inspectName(
  reading: Reading,
  place: Place,
  name: string,
  valid: boolean,
  offset: number,
): void {
  const find = (id: Parameters<Reading['find']>[1], detail: string) =>
    reading.find(place, id, detail, offset);
  if (!valid) find('undecodable-name', 'the name is not valid UTF-8');
  if (name === '') find('empty-name', 'the member has no name');
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name))
    find('absolute-name', 'unpacked as it is, it lands outside the folder');
  if (name.includes('..') && name.split(/[/\\]/).includes('..'))
    find('escaping-name', 'the name has a ".." part');
  if (name.includes('\\')) find('backslash-in-name', 'some readers take the backslash for a separator');
  if (control.test(name)) find('control-in-name', 'the name has a control character');
  const signature = signatureOf(name);
  if (signature !== undefined) find('signature-file', `a signature ${signature}`);
  if (rightToLeft.test(name)) find('deceptive-name', 'the name does not look like what it is');
}

/** Findings about a link's target. */
export function inspectLink(
  reading: Reading,
  place: Place,
  name: string,
  target: string,
  kind: 'symbolic' | 'hard',
  offset: number,
): void {
  reading.find(place, kind === 'symbolic' ? 'symbolic-link' : 'hard-link', `to ${target}`, offset);
  if (target === '') reading.find(place, 'empty-name', 'the link leads to nothing', offset);
  if (control.test(target))
    reading.find(place, 'control-in-name', 'the target of the link has a control character', offset);
  const base = kind === 'symbolic' ? name.split('/').slice(0, -1) : [];
  if (/^(?:[/\\]|[A-Za-z]:)/.test(target) || leavesFolder([...base, ...target.split(/[/\\]/)])) {
    reading.find(place, 'link-escapes', `to ${target}`, offset);
  }
}

/** OCI image layer specification, "Whiteouts": such a member of a layer deletes what the layers below have. */
export function inspectWhiteout(reading: Reading, place: Place, name: string, offset: number): void {
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (!last.startsWith('.wh.') || last.length === 4) return;
  const what = last === '.wh..wh..opq' ? 'all that layers below have in its folder' : last.slice(4);
  reading.find(place, 'whiteout', `deletes ${what}`, offset);
}

/** Findings about a member's permission bits. */
export function inspectMode(reading: Reading, place: Place, mode: number, offset: number): void {
  if ((mode & 0o6000) === 0) return;
  const shown = mode.toString(8).padStart(4, '0');
  if ((mode & 0o4000) !== 0) reading.find(place, 'setuid', `mode ${shown}`, offset);
  if ((mode & 0o2000) !== 0) reading.find(place, 'setgid', `mode ${shown}`, offset);
}

const ascii = /^[\u0020-\u007e]*$/;

/** Watches an archive's names for those that some file systems cannot tell apart. */
export class NameWatch {
  readonly #seen = new Set<string>();
  /** Other spellings than the name's own, by what they fold to. */
  readonly #folded = new Map<string, string>();
  readonly #normal = new Map<string, string>();

  add(reading: Reading, place: Place, name: string, offset: number): void {
    const bare = placedName(name);
    if (this.#seen.has(bare)) {
      reading.find(place, 'duplicate-entry', 'an earlier member has the same name', offset);
      return;
    }
    const normal = ascii.test(bare) ? bare : bare.normalize('NFC');
    const sameNormal = this.#other(this.#normal, normal);
    if (sameNormal !== undefined) reading.find(place, 'unicode-duplicate', `also ${sameNormal}`, offset);
    // Upper case first: some letters have one capital and two small forms.
    const folded =
      normal === bare && ascii.test(bare) ? bare.toLowerCase() : normal.toUpperCase().toLowerCase();
    const sameFolded = this.#other(this.#folded, folded);
    if (sameFolded !== undefined && sameNormal === undefined) {
      reading.find(place, 'case-duplicate', `also ${sameFolded}`, offset);
    }
    this.#seen.add(bare);
    if (normal !== bare && !this.#normal.has(normal)) this.#normal.set(normal, bare);
    if (folded !== bare && !this.#folded.has(folded)) this.#folded.set(folded, bare);
  }

  /** An earlier name that is `spelling`, or folds to it. */
  #other(map: ReadonlyMap<string, string>, spelling: string): string | undefined {
    return this.#seen.has(spelling) ? spelling : map.get(spelling);
  }
}
