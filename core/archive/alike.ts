import type { Archive, ContentFacts, Entry } from './entry.ts';

/** The archive that stands at this place (`2.0.5`: ordinals from the outermost inwards) of another file that was read. */
export function archiveAt(root: Archive | undefined, id: string): Archive | undefined {
  let archive = root;
  if (id === '') return archive;
  for (const ordinal of id.split('.')) archive = archive?.entries[Number(ordinal)]?.content?.archive;
  return archive;
}

function same(text: string, twin: string | undefined): string {
  return twin !== undefined && text === twin ? twin : text;
}

function sameContent(content: ContentFacts, twin: ContentFacts | undefined): ContentFacts {
  if (twin === undefined || twin.sha256 !== content.sha256) return content;
  if (content.archive === undefined && twin.archive === undefined) return twin;
  return { ...content, sha256: twin.sha256, blocks: twin.blocks };
}

/**
 * `entry` with the texts of `twin` where these are the same: the two files of a comparison mostly are, and their names
 * and digests are most of what is held of them. It says the same as before.
 */
export function alike(entry: Entry, twin: Entry | undefined): Entry {
  if (twin === undefined) return entry;
  const { content, compressed } = entry;
  return {
    ...entry,
    id: same(entry.id, twin.id),
    name: same(entry.name, twin.name),
    key: same(entry.key, twin.key),
    ...(compressed === undefined ? {} : { compressed: same(compressed, twin.compressed) }),
    ...(content === undefined ? {} : { content: sameContent(content, twin.content) }),
  };
}
