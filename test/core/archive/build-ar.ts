/** One member of an ar made for a test. */
export interface ArMember {
  /** As it stands in the header: GNU puts a slash behind it, dpkg does not. */
  readonly name: string;
  readonly data: Buffer | string;
  readonly mode?: number;
  readonly mtime?: number;
  readonly uid?: number;
  readonly padding?: string;
}

/** Builds an ar; a .deb is one. */
export function buildAr(members: readonly ArMember[], suffix: Buffer | string = ''): Buffer {
  const parts = members.map(({ name, data, mode = 0o100644, mtime = 1_700_000_000, uid = 0, padding }) => {
    const bytes = Buffer.from(data);
    const fields = [name.padEnd(16), String(mtime).padEnd(12), String(uid).padEnd(6), '0'.padEnd(6)];
    const header = `${fields.join('')}${mode.toString(8).padEnd(8)}${String(bytes.byteLength).padEnd(10)}\`\n`;
    return Buffer.concat([
      Buffer.from(header, 'latin1'),
      bytes,
      Buffer.from(bytes.byteLength % 2 === 1 ? (padding ?? '\n') : ''),
    ]);
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts, Buffer.from(suffix)]);
}
