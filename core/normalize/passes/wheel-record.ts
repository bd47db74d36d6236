import type { Archive, Entry } from '#core/archive/entry.ts';
import { onceForArchive } from '../once-for-archive.ts';

/** Files that a wheel's RECORD lists without a digest, itself among them. */
const unsigned = /\.dist-info\/RECORD(?:\.jws|\.p7s)?$/;

/** One CSV row into its three cells; undefined for anything that could be read in two ways. */
function cells(line: string): [string, string, string] | undefined {
  const match = /^(?:"((?:[^"]|"")*)"|([^",]*)),([^",]*),([^",]*)$/.exec(line);
  if (match === null) return undefined;
  const [, quoted, plain, digest = '', size = ''] = match;
  return [quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'), digest, size];
}

/** The files of a wheel by name; undefined where two have one name, or where it is not one wheel with one RECORD. */
const filesOf = onceForArchive(({ entries }) => {
  const files = new Map<string, Entry>();
  let records = 0;
  for (const entry of entries) {
    if (entry.type === 'directory') continue;
    if (files.has(entry.name)) return undefined;
    files.set(entry.name, entry);
    if (/^[^/]+\.dist-info\/RECORD$/.test(entry.name)) records += 1;
  }
  return records === 1 ? files : undefined;
});

function digestCell(sha256: string): string {
  return `sha256=${Buffer.from(sha256, 'hex').toString('base64url')}`;
}

/**
 * Whether a wheel's RECORD says exactly what the wheel holds: each file once, with its sha256 and size, nothing else,
 * rows of one spelling. Then it follows from the members but for the order of its rows.
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
 */
export function recordHolds(text: string, archive: Archive): boolean {
  if (text.includes('\r') || !text.endsWith('\n')) return false;
  const known = filesOf(archive);
  if (known === undefined) return false;
  const files = new Map(known);
  for (const line of text.slice(0, -1).split('\n')) {
    const row = cells(line);
    if (row === undefined) return false;
    const [name, digest, size] = row;
    const content = files.get(name)?.content;
    if (content === undefined) return false;
    files.delete(name);
    if (unsigned.test(name) && digest === '' && size === '') continue;
    if (digest !== digestCell(content.sha256) || size !== String(content.size)) return false;
  }
  return files.size === 0;
}
