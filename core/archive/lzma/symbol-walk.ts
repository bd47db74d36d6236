/**
 * What kind of match an LZMA symbol is, and in which tree its length stands, as a walk of single bits in tables. Not as
 * branches of code: all bits are decoded in the same few lines then, which are compiled once and not anew each time that a
 * kind comes up which was not seen before.
 */

/** Kinds of match: 0 to 3 take one of the last four distances, the last first. */
const repeats = 4;
/** A match of a new distance. */
export const newDistance = 4;
/** One byte at the last distance. */
export const shortRepeat = 5;

/** The first bit of a symbol, whether it is a match at all, is no part of the walk. */
export const firstStep = 1;
const [isRep, isRepG0, isRep0Long, isRepG1, isRepG2] = [1, 2, 3, 4, 5];
const choiceOf = (kind: number): number => 6 + 2 * kind;
/** A step from here on is the end: four for each kind, one for each tree of lengths. */
export const walkEnd = 16;
const endOf = (kind: number, tree: number): number => walkEnd + 4 * kind + tree;

/** Probabilities of a step: one for each state (upper four bits) and place in the content (lower four). */
const stepSize = 256;
const lengthsSize = 514;
const matchLengths = (isRepG2 + 1) * stepSize;
const repeatLengths = matchLengths + lengthsSize;
/** Where the probabilities end that are named here. */
export const walkSize = repeatLengths + lengthsSize;

/** For each step: where its probabilities begin, and which bits of state and place choose among them. */
export const stepPlaces = new Uint16Array(walkEnd);
export const stepMasks = new Uint8Array(walkEnd);
/** For each step and bit (the lowest) what comes next. */
export const nextSteps = new Uint8Array(2 * walkEnd);
/** For each end less `walkEnd`: where its tree of lengths begins; there is one for each place in the content, or one in all. */
export const treePlaces = new Uint16Array(4 * (newDistance + 1));
export const treeMasks = new Uint8Array(treePlaces.length);
/** Leaves of the tree, and the shortest length less their number. */
export const treeLeaves = new Uint16Array(treePlaces.length);
export const treeBases = new Int16Array(treePlaces.length);

function put(step: number, place: number, mask: number, zero: number, one: number): void {
  stepPlaces[step] = place;
  stepMasks[step] = mask;
  nextSteps.set([zero, one], 2 * step);
}

put(isRep, isRep * stepSize, 0xf0, choiceOf(newDistance), isRepG0);
put(isRepG0, isRepG0 * stepSize, 0xf0, isRep0Long, isRepG1);
put(isRep0Long, isRep0Long * stepSize, 0xff, endOf(shortRepeat, 0), choiceOf(0));
put(isRepG1, isRepG1 * stepSize, 0xf0, choiceOf(1), isRepG2);
put(isRepG2, isRepG2 * stepSize, 0xf0, choiceOf(2), choiceOf(3));
for (let kind = 0; kind <= repeats; kind++) {
  const lengths = kind === newDistance ? matchLengths : repeatLengths;
  const choice = choiceOf(kind);
  put(choice, lengths, 0, endOf(kind, 0), choice + 1);
  put(choice + 1, lengths + 1, 0, endOf(kind, 1), endOf(kind, 2));
  const first = endOf(kind, 0) - walkEnd;
  treePlaces.set([lengths + 2, lengths + 130, lengths + 258], first);
  treeMasks.set([0x78, 0x78, 0], first);
  treeLeaves.set([8, 8, 256], first);
  treeBases.set([2 - 8, 10 - 8, 18 - 256], first);
}
