/** How much a finding can matter to who unpacks the file. `warning` and `danger` on one side only forbid `equivalent`. */
export type FindingSeverity = 'info' | 'warning' | 'danger';

/**
 * The one list of findings: facts of an archive that can fool a reader. docs/comparison.md has the same list, and a
 * test holds the two together.
 */
export const findingCatalogue = {
  'bytes-before': { severity: 'danger', title: 'Bytes before the first record' },
  'bytes-between': { severity: 'danger', title: 'Bytes between records that no record owns' },
  'bytes-after': { severity: 'danger', title: 'Bytes after the end of the archive' },
  'overlapping-records': { severity: 'danger', title: 'Two records claim the same bytes' },
  'hidden-entry': { severity: 'danger', title: 'A local entry that the central directory does not list' },
  'duplicate-entry': { severity: 'danger', title: 'Two members have the same name' },
  'local-central-disagree': {
    severity: 'danger',
    title: 'Local header and central directory disagree about a member',
  },
  'ambiguous-end': { severity: 'danger', title: 'More than one record could be the end of the archive' },
  'count-mismatch': {
    severity: 'danger',
    title: 'The end record and the central directory disagree about size or count',
  },
  'content-mismatch': {
    severity: 'danger',
    title: 'Decoded bytes do not have the size or checksum on record',
  },
  'unreadable-archive': {
    severity: 'warning',
    title: 'It looks like an archive but cannot be read as one; compared as bytes',
  },
  'undecodable-content': {
    severity: 'warning',
    title: 'The content cannot be decoded; its stored bytes are compared',
  },
  'encrypted-entry': {
    severity: 'warning',
    title: 'The content is encrypted; its stored bytes are compared',
  },
  'second-archive': { severity: 'danger', title: 'Another archive begins after the end of the first' },
  'second-member': { severity: 'danger', title: 'Another compressed stream follows the first' },
  'nonzero-padding': { severity: 'warning', title: 'Padding that is not zero' },
  'missing-end': { severity: 'warning', title: 'The archive ends without its end-of-archive blocks' },
  'unknown-record': { severity: 'warning', title: 'A record of an unknown kind' },
  setuid: { severity: 'danger', title: 'A set-user-id bit' },
  setgid: { severity: 'danger', title: 'A set-group-id bit' },
  'executable-differs': { severity: 'danger', title: 'An executable bit that only one side has' },
  device: { severity: 'danger', title: 'A device, pipe or socket' },
  'symbolic-link': { severity: 'info', title: 'A symbolic link' },
  'hard-link': { severity: 'info', title: 'A hard link' },
  'link-escapes': { severity: 'danger', title: 'A link that leads out of the archive' },
  'absolute-name': { severity: 'danger', title: 'A name that starts at the root or a drive' },
  'escaping-name': { severity: 'danger', title: 'A name that leads out of the folder' },
  'backslash-in-name': { severity: 'warning', title: 'A backslash in a name, a separator to some readers' },
  'control-in-name': { severity: 'danger', title: 'A control character in a name' },
  'deceptive-name': {
    severity: 'danger',
    title: 'Right-to-left, invisible or reordering characters in a name',
  },
  'undecodable-name': { severity: 'warning', title: 'A name that is not valid UTF-8' },
  'empty-name': { severity: 'warning', title: 'A member without a name' },
  'second-name': { severity: 'danger', title: 'An extra field gives the member another name' },
  'case-duplicate': { severity: 'warning', title: 'Names that differ by upper and lower case only' },
  'unicode-duplicate': { severity: 'warning', title: 'Names that differ by Unicode normal form only' },
  bomb: { severity: 'danger', title: 'It expands beyond all proportion' },
} as const satisfies Record<string, { severity: FindingSeverity; title: string }>;

export type FindingId = keyof typeof findingCatalogue;

/** A finding as a reader makes it; which side has it is decided by the comparison. */
export interface ArchiveFinding {
  readonly id: FindingId;
  readonly severity: FindingSeverity;
  readonly path: readonly string[];
  readonly offset?: number;
  readonly detail: string;
}
