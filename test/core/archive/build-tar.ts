/** One member of a tar made for a test. */
export interface TarMember {
  readonly name: string;
  readonly data?: Buffer | string;
  readonly mode?: number;
  readonly mtime?: number;
  readonly uid?: number;
  readonly uname?: string;
  readonly type?: string;
  readonly link?: string;
  /** pax records put before it. */
  readonly pax?: Readonly<Record<string, string>>;
  readonly padding?: number;
}

function header(member: TarMember, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(member.name, 0, 100);
  octal(member.mode ?? 0o644, 100, 8);
  octal(member.uid ?? 0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(member.mtime ?? 1_700_000_000, 136, 12);
  block.fill(' ', 148, 156);
  block.write(member.type ?? '0', 156);
  block.write(member.link ?? '', 157, 100);
  block.write('ustar\u000000', 257, 'latin1');
  block.write(member.uname ?? '', 265, 32);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function record(member: TarMember, data: Buffer): Buffer {
  const padding = Buffer.alloc((512 - (data.byteLength % 512)) % 512, member.padding ?? 0);
  return Buffer.concat([header(member, data.byteLength), data, padding]);
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length = Buffer.byteLength(`${length}${rest}`);
  return `${length}${rest}`;
}

/** Builds a ustar (with pax headers where asked), by default with its two zero blocks at the end. */
export function buildTar(members: readonly TarMember[], end = Buffer.alloc(1024)): Buffer {
  const parts = members.flatMap((member) => {
    const own = record(member, Buffer.from(member.data ?? ''));
    if (member.pax === undefined) return [own];
    const text = Object.entries(member.pax)
      .map(([key, value]) => paxRecord(key, value))
      .join('');
    return [record({ name: 'PaxHeaders/x', type: 'x' }, Buffer.from(text)), own];
  });
  return Buffer.concat([...parts, end]);
}
