/** Signed notes: text with signatures under it. https://c2sp.org/signed-note */

export interface NoteSignature {
  readonly keyName: string;
  /** First four bytes: the key's id. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** What is signed, its last line end included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const noteCharactersMax = 65_536;
const signaturesMax = 100;
// No space, plus sign or control character may be in the name of a key.
const signatureLine = /^\u2014 ([^\s+\p{Cc}]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** Reads `envelope` as a signed note; undefined where it is none. No signature is verified. Never throws. */
export function parseSignedNote(envelope: string): SignedNote | undefined {
  // Control characters other than line ends, and halves of surrogate pairs, have no place in a note.
  if (envelope.length > noteCharactersMax || /[^\P{Cc}\n]|\p{Cs}/u.test(envelope)) return undefined;
  // The text may hold empty lines itself: the last one separates it from the signatures.
  const separator = envelope.lastIndexOf('\n\n');
  if (separator < 0 || !envelope.endsWith('\n')) return undefined;
  const lines = envelope.slice(separator + 2, -1).split('\n');
  if (lines.length > signaturesMax) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, keyName, encoded] = signatureLine.exec(line) ?? [];
    if (keyName === undefined || encoded === undefined) return undefined;
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length < 5 || bytes.toString('base64') !== encoded) return undefined;
    signatures.push({ keyName, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) });
  }
  return { text: envelope.slice(0, separator + 1), signatures };
}
