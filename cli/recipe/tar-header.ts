/** One member of a tar that we write. Owner is always 0:0, so that the same folder gives the same bytes for everybody. */
export interface TarMember {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
  readonly target?: string;
}

const block = 512;
const octalSizeMax = 8 ** 11 - 1;

/**
 * The header of a member as POSIX pax (IEEE Std 1003.1, pax, "ustar Interchange Format"): an extended header first where
 * a name, a link or a size does not fit into ustar.
 */
export function tarHeader(member: TarMember): Buffer {
  const name = member.type === 'folder' ? `${member.path}/` : member.path;
  const extended: [string, string][] = [];
  if (!fits(name)) extended.push(['path', name]);
  if (member.target !== undefined && !fits(member.target)) extended.push(['linkpath', member.target]);
  if (member.sizeBytes > octalSizeMax) extended.push(['size', String(member.sizeBytes)]);
  const own = ustar({
    name: fits(name) ? name : 'pax-path',
    link: member.target !== undefined && fits(member.target) ? member.target : '',
    type: { file: '0', folder: '5', link: '2' }[member.type],
    mode: member.mode,
    mtime: member.mtimeSeconds,
    size: Math.min(member.sizeBytes, octalSizeMax),
  });
  if (extended.length === 0) return own;
  const body = Buffer.from(extended.map(([key, value]) => paxRecord(key, value)).join(''));
  const header = ustar({ name: 'pax-header', link: '', type: 'x', mode: 0o644, mtime: 0, size: body.length });
  return Buffer.concat([header, body, padding(body.length), own]);
}

/** The zeros that fill a member's last block. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((block - (sizeBytes % block)) % block);
}

/** Two blocks of zeros end the archive. */
export const tarEnd = Buffer.alloc(2 * block);

/** ustar names without prefix: up to 100 bytes, and ASCII so that no reader has to guess an encoding. */
function fits(text: string): boolean {
  return /^[\u0020-\u007e]{1,100}$/.test(text);
}

/** `"%d %s=%s\n"`, where the number counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function ustar(header: {
  name: string;
  link: string;
  type: string;
  mode: number;
  mtime: number;
  size: number;
}): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, offset: number, width: number): void => {
    bytes.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1');
  };
  bytes.write(header.name, 0, 100, 'latin1');
  octal(header.mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(header.size, 124, 12);
  octal(Math.max(0, header.mtime), 136, 12);
  bytes.write(' '.repeat(8), 148, 'latin1');
  bytes.write(header.type, 156, 'latin1');
  bytes.write(header.link, 157, 100, 'latin1');
  bytes.write('ustar\u000000', 257, 'latin1');
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
