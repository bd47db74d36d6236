import type { Archive } from '#core/archive/entry.ts';

/** A question about a whole archive, answered once: an archive can have as many differences as members. */
export function onceForArchive<T>(answer: (archive: Archive) => T): (archive: Archive) => T {
  const known = new WeakMap<Archive, { readonly answer: T }>();
  return (archive) => {
    let found = known.get(archive);
    if (found === undefined) known.set(archive, (found = { answer: answer(archive) }));
    return found.answer;
  };
}
