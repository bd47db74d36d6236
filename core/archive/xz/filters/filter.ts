/**
 * Undoes what a filter did to the content before it was compressed, in place. The bytes from `start` on stand `position`
 * bytes into the code, as a number of 32 bits that starts over; answers how many of them are done. The rest, fewer than
 * 16, needs bytes behind it to be judged, and is given again with them; at the end of all it stays as it is.
 */
export type UndoFilter = (bytes: Uint8Array, start: number, position: number) => number;
