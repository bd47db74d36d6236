/** What a report may list: more would not fit into what a reader may answer. */
export const listMax = 100_000;
/** Places in one content. */
export const partsMax = 5000;
