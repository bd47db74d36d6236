/** The first characters of a text whose beginning is `head`, without mark and white space; of UTF-16 too. */
export function headText(head: Uint8Array): string {
  const [first, second] = head;
  const buffer = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const text =
    first === 0xff && second === 0xfe
      ? buffer.toString('utf16le')
      : first === 0xfe && second === 0xff
        ? Buffer.from(buffer.subarray(0, buffer.byteLength & ~1))
            .swap16()
            .toString('utf16le')
        : buffer.toString('utf8');
  // The byte order mark counts as white space.
  return text.trimStart();
}

/** The last part of a member's name. */
export function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}
