import type { Pass } from '../pass.ts';

interface Block {
  readonly kind: string;
  readonly bytes: number;
  readonly text: string;
}

/** Bytes of a block without its times, which are fields of their own: its head of four, and what else stands in it. */
const bytesWithoutTimes: Readonly<Record<string, (length: number) => number>> = {
  // Extended times: flags and the instants.
  '5455': () => 5,
  // Times of old Info-ZIP, with room for a user and group.
  '5855': () => 4,
  // NTFS: reserved bytes, tag and size.
  '000a': () => 12,
  // User and group: old and new.
  '7855': (length) => 4 + length,
  '7875': (length) => 4 + length,
};
/** What `jar` puts first, empty: the file may be run. */
const jarMark = '0xcafe[0]0x';

/** Blocks of an extra field as the reader shows them; undefined where it has bytes that are no block. */
function blocksOf(value: string | null | undefined): Block[] | undefined {
  const blocks: Block[] = [];
  for (const text of (value ?? '').split(' ')) {
    if (text === '') continue;
    const match = /^0x([0-9a-f]{4})\[([0-9]{1,5})\](.*)$/.exec(text);
    if (match === null) return undefined;
    blocks.push({ kind: match[1] ?? '', bytes: Number(match[2]), text });
  }
  return blocks;
}

function isUnderstood({ kind, bytes, text }: Block): boolean {
  if (text === jarMark) return true;
  // Without a version of its own the reader could not take it apart, and shows all of it.
  if (kind === '5455') return /\]flags=[0-7]$/.test(text);
  if (kind === '5855') return text === '0x5855[8]';
  if (kind === '000a') return text === '0x000a[32]reserved=0';
  if (kind === '7855') return bytes === 0 || bytes === 4;
  // Version 1, then each id with its length; in the central directory it may be empty.
  return kind === '7875' && (bytes === 0 || /^0x7875\[11\]0x0104[0-9a-f]{8}04[0-9a-f]{8}$/.test(text));
}

function texts(blocks: readonly Block[], understood: boolean): string {
  return blocks
    .filter((block) => isUnderstood(block) === understood)
    .map(({ text }) => text)
    .join(' ');
}

function bytesOf(blocks: readonly Block[], other: readonly Block[]): number {
  const theirs = new Set(other.map(({ text }) => text));
  return blocks
    .filter((block) => isUnderstood(block) && !theirs.has(block.text))
    .reduce((sum, { kind, bytes }) => sum + (bytesWithoutTimes[kind]?.(bytes) ?? 4 + bytes), 0);
}

export const zipExtra: Pass = {
  id: 'zip-extra',
  title: 'Extra fields of zip members: times, user and group, the mark of `jar`',
  risk: 'Unpacked by root with `unzip -X`, a file gets another owner; not for a member with a set-id bit.',
  touches: { formats: ['zip'], fields: ['extra', 'local_extra'] },
  setsAside({ a, b, entryA, entryB }) {
    const setId = [entryA, entryB].some((entry) => {
      const mode = Number.parseInt(entry?.fields['mode'] ?? '', 8);
      return (mode & 0o6000) !== 0;
    });
    const [blocksA, blocksB] = [blocksOf(a), blocksOf(b)];
    if (setId || blocksA === undefined || blocksB === undefined) return undefined;
    if (texts(blocksA, false) !== texts(blocksB, false)) return undefined;
    return bytesOf(blocksA, blocksB) + bytesOf(blocksB, blocksA);
  },
};
