/** How much a finding can matter to who unpacks the file. `warning` and `danger` on one side only forbid `equivalent`. */
export type FindingSeverity = 'info' | 'warning' | 'danger';

export interface FindingMeta {
  readonly severity: FindingSeverity;
  readonly title: string;
  /** What could come of it: one sentence, of a reader that is fooled or of who unpacks. */
  readonly risk: string;
}

/** The one list of findings: facts of an archive that can fool a reader. docs/findings.md is made from it. */
export const findingCatalogue = {
  'bytes-before': {
    severity: 'danger',
    title: 'Bytes before the first record',
    risk: 'Who runs the file instead of unpacking it runs these bytes.',
  },
  'bytes-between': {
    severity: 'danger',
    title: 'Bytes between records that no record owns',
    risk: 'They travel unseen, and what reads the file from its start may take them for a member.',
  },
  'bytes-after': {
    severity: 'danger',
    title: 'Bytes after the end of the archive',
    risk: 'They travel unseen; a reader that goes on, or one of another format, unpacks them.',
  },
  'overlapping-records': {
    severity: 'danger',
    title: 'Two records claim the same bytes',
    risk: 'A few bytes become many files, or one file gets another content in another reader.',
  },
  'hidden-entry': {
    severity: 'danger',
    title: 'A local entry that the central directory does not list',
    risk: 'A reader that goes from record to record unpacks it; one that reads the directory never shows it.',
  },
  'duplicate-entry': {
    severity: 'danger',
    title: 'Two members have the same name',
    risk: 'One reader keeps the first, another the last: what was looked at is not what is installed.',
  },
  'local-central-disagree': {
    severity: 'danger',
    title: 'Local header and central directory disagree about a member',
    risk: 'Readers believe one or the other, so that name or content depend on the reader.',
  },
  'ambiguous-end': {
    severity: 'danger',
    title: 'More than one record could be the end of the archive',
    risk: 'Readers that look for the end in other ways see other members.',
  },
  'split-archive': {
    severity: 'warning',
    title: 'It says that it is one part of an archive on several disks',
    risk: 'A reader looks for the other parts, refuses this one, or reads it as if it were all.',
  },
  'ambiguous-extra': {
    severity: 'warning',
    title: 'An extra field that readers take apart in different ways',
    risk: 'Sizes, offsets or the name of the member depend on the reader, or it refuses the archive.',
  },
  'ambiguous-descriptor': {
    severity: 'warning',
    title: 'A data descriptor whose form its local header does not announce',
    risk: 'What reads the archive as a stream takes the end of one member for the start of the next, and sees fewer members.',
  },
  'ambiguous-kind': {
    severity: 'warning',
    title: 'Name, mode, attributes and content do not agree on what a member is',
    risk: 'One reader makes a folder or a link of it, another a file.',
  },
  'count-mismatch': {
    severity: 'danger',
    title: 'The end record and the central directory disagree about size or count',
    risk: 'A reader that believes the count sees fewer members than one that reads on.',
  },
  'content-mismatch': {
    severity: 'danger',
    title: 'Decoded bytes do not have the size or checksum on record',
    risk: 'A reader that does not check unpacks it; another stops, or cuts it to the size on record.',
  },
  'unreadable-archive': {
    severity: 'warning',
    title: 'It looks like an archive but cannot be read as one; compared as bytes',
    risk: 'A more lenient reader may find members that were not looked at here.',
  },
  'undecodable-content': {
    severity: 'warning',
    title: 'The content cannot be decoded; its stored bytes are compared',
    risk: 'Another reader may decode it to something that was not looked at here.',
  },
  'encrypted-entry': {
    severity: 'warning',
    title: 'The content is encrypted; its stored bytes are compared',
    risk: 'Nobody without the password can say what is in it.',
  },
  'second-archive': {
    severity: 'danger',
    title: 'Another archive begins after the end of the first',
    risk: 'A reader that goes on after the end (`tar -i`) unpacks it over the first.',
  },
  'second-member': {
    severity: 'danger',
    title: 'Another compressed stream follows the first',
    risk: 'Some readers decode the first only, others all of them as one.',
  },
  'nonzero-padding': {
    severity: 'warning',
    title: 'Padding that is not zero',
    risk: 'Bytes travel where nothing looks.',
  },
  'missing-end': {
    severity: 'warning',
    title: 'The archive ends without its end-of-archive blocks',
    risk: 'It was cut off, and nothing says what is missing.',
  },
  'unknown-record': {
    severity: 'warning',
    title: 'A record of an unknown kind',
    risk: 'Readers skip it, unpack it as a file, or read its bytes as the next record.',
  },
  'sparse-member': {
    severity: 'warning',
    title: 'A member with holes, of which only what lies between them is stored',
    risk: 'A reader that does not know the extension unpacks the stored bytes, or reads them as the next record.',
  },
  setuid: {
    severity: 'danger',
    title: 'A set-user-id bit',
    risk: 'Unpacked by root, whoever runs the file becomes its owner.',
  },
  setgid: {
    severity: 'danger',
    title: 'A set-group-id bit',
    risk: 'Unpacked by root, whoever runs the file gets the rights of its group.',
  },
  'executable-differs': {
    severity: 'danger',
    title: 'An executable bit that only one side has',
    risk: 'What was data on one side runs on the other.',
  },
  device: {
    severity: 'danger',
    title: 'A device, pipe or socket',
    risk: 'Unpacked by root, it opens a disk or the memory of the machine; a pipe stops who reads it.',
  },
  'symbolic-link': {
    severity: 'info',
    title: 'A symbolic link',
    risk: 'A member that comes later may be written through it.',
  },
  'hard-link': {
    severity: 'info',
    title: 'A hard link',
    risk: 'A change of one name changes the other; a later member may be written through it.',
  },
  'link-escapes': {
    severity: 'danger',
    title: 'A link that leads out of the archive',
    risk: 'What is read or written through it lies outside the folder.',
  },
  'signature-file': {
    severity: 'info',
    title: 'A signature over the rest of the archive, kept inside it',
    risk: 'None but its signer can make it again; what it vouches for is compared all the same.',
  },
  whiteout: {
    severity: 'info',
    title: 'A whiteout: it deletes what layers below have',
    risk: 'Unpacked alone it is an empty file; stacked on other layers it removes a file or all of a folder.',
  },
  'absolute-name': {
    severity: 'danger',
    title: 'A name that starts at the root or a drive',
    risk: 'Unpacked as it is, it overwrites a file of the system.',
  },
  'escaping-name': {
    severity: 'danger',
    title: 'A name that leads out of the folder',
    risk: 'Unpacked as it is, it overwrites a file beside or above the folder.',
  },
  'backslash-in-name': {
    severity: 'warning',
    title: 'A backslash in a name, a separator to some readers',
    risk: 'On Windows the file lands in a folder that no other system shows.',
  },
  'control-in-name': {
    severity: 'danger',
    title: 'A control character in a name',
    risk: 'A terminal that lists it obeys it, or a list of names by lines gets one more.',
  },
  'deceptive-name': {
    severity: 'danger',
    title: 'Right-to-left, invisible or reordering characters in a name',
    risk: 'A person reads another name, or another extension, than the machine.',
  },
  'undecodable-name': {
    severity: 'warning',
    title: 'A name that is not valid UTF-8',
    risk: 'Each reader makes another name of it.',
  },
  'empty-name': {
    severity: 'warning',
    title: 'A member without a name',
    risk: 'A reader makes up a name, or writes to the folder itself.',
  },
  'undeclared-encoding': {
    severity: 'warning',
    title: 'A name beyond ASCII that does not say its encoding',
    risk: 'One reader takes its bytes for UTF-8, another for a code page of old: the file gets two names.',
  },
  'second-name': {
    severity: 'danger',
    title: 'An extra field or record gives the member another name',
    risk: 'Readers that know it, or that prefer it, unpack the member to another name than others.',
  },
  'second-size': {
    severity: 'danger',
    title: 'A record gives the member another size than its header',
    risk: 'A reader that believes the other takes bytes of the content for members, or members for content.',
  },
  'member-below-link': {
    severity: 'danger',
    title: 'A member stands below one that is no folder',
    risk: 'Below a link it is written to wherever the link leads; below a file, one of the two is lost.',
  },
  'case-duplicate': {
    severity: 'warning',
    title: 'Names that differ by upper and lower case only',
    risk: 'On Windows and macOS one overwrites the other.',
  },
  'unicode-duplicate': {
    severity: 'warning',
    title: 'Names that differ by Unicode normal form only',
    risk: 'On macOS one overwrites the other, and a person sees two equal names.',
  },
  bomb: {
    severity: 'danger',
    title: 'It expands beyond all proportion',
    risk: 'Unpacking it fills the disk or the memory.',
  },
} as const satisfies Record<string, FindingMeta>;

export type FindingId = keyof typeof findingCatalogue;

/** A finding as a reader makes it; which side has it is decided by the comparison. */
export interface ArchiveFinding {
  readonly id: FindingId;
  readonly severity: FindingSeverity;
  readonly path: readonly string[];
  readonly offset?: number;
  readonly detail: string;
}
