import type { ByteSource } from '#core/archive/byte-source.ts';
import { Cuts } from '#core/archive/cuts.ts';
import { DecodedStreams } from '#core/archive/decoded-streams.ts';
import type { Archive, ContentFacts } from '#core/archive/entry.ts';
import type { ArchiveFinding } from '#core/archive/findings.ts';
import { defaultReadLimits, type ReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { digestAll, rootPlace } from '#core/archive/reading.ts';
import { explainDeltas } from '#core/explain/explain-deltas.ts';
import { applyPasses } from '#core/normalize/apply-passes.ts';
import { withoutRefused } from '#core/normalize/known-passes.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { couldHide } from '#schemas/could-hide.ts';
import type { Cut } from '#schemas/cut.ts';
import { captureViews } from './capture-views.ts';
import { compareDeltas, type Delta } from './delta.ts';
import { diffArchives } from './diff-archives.ts';
import { digestBoth } from './digest-both.ts';
import { executableFindings, mergeFindings } from './merge-findings.ts';
import type { CompareOptions } from './options.ts';
import { ImageTexts } from './pairing/image-texts.ts';
import { pairMembers, type ReadSide } from './pairing/pair-members.ts';
import type { Renames } from './pairing/renames.ts';
import { reportDifferences } from './report-differences.ts';
import { withoutSignatures } from './without-signatures.ts';

interface SideFacts extends ReadSide {
  readonly findings: readonly ArchiveFinding[];
  readonly cut: readonly Cut[];
}

async function observe(source: ByteSource, limits: ReadLimits, other?: Archive): Promise<SideFacts> {
  const [texts, decoded] = [new ImageTexts(), new DecodedStreams()];
  const reading = startReading(limits, texts.keeping({ ...digestAll, decoded }), other);
  const archive = await readFile(reading, rootPlace, source);
  return { source, archive, texts, decoded, findings: reading.findings, cut: reading.cut };
}

function diffFiles(a: SideFacts, b: SideFacts, offset: number, renames: Renames): Delta[] {
  const deltas =
    a.archive !== undefined && a.archive.format === b.archive?.format
      ? [...diffArchives(a.archive, b.archive, { path: [] }, renames)].sort(compareDeltas)
      : [{ kind: 'content', path: [], offset } satisfies Delta];
  if (deltas.length > 0) return deltas;
  return [{ kind: 'bytes', path: [], offset, detail: 'the bytes differ where no field does' }];
}

const findingsMax = 4000;

/**
 * Compares two files: by digest, and where these differ member by member. Deterministic, and symmetric but for the
 * names of the sides. Memory is bounded; budgets are counts of bytes and members, and `cut` says which was spent.
 * @throws AppError `usage` for a refused pass that nobody knows
 */
export async function compareSources(
  a: ByteSource,
  b: ByteSource,
  options: CompareOptions = {},
): Promise<Comparison> {
  const limits: ReadLimits = { ...defaultReadLimits, ...options.limits };
  const allowedPasses = withoutRefused(options.refusedPasses ?? []);
  const { sha256, firstDifference } = digestBoth(a, b);
  const refs = {
    a: { digest: { sha256: sha256[0] }, size: a.size },
    b: { digest: { sha256: sha256[1] }, size: b.size },
  };
  const nothing = { differences: [], differencesTotal: 0, passes: [], causes: [] };
  if (firstDifference === undefined) {
    const facts = options.findings === 'always' ? await observe(a, limits) : undefined;
    const findings = mergeFindings(facts?.findings ?? [], facts?.findings ?? []);
    const cut = [...(facts?.cut ?? [])];
    return { schemaVersion: 1, result: 'identical', ...refs, ...nothing, findings, cut };
  }

  const sideA = await observe(a, limits);
  const sideB = await observe(b, limits, sideA.archive);
  const { renames, cut: renamesCut } = await pairMembers(sideA, sideB, limits);
  const deltas = diffFiles(sideA, sideB, firstDifference, renames);
  const decoded = [sideA.decoded, sideB.decoded] as const;
  const root: [ContentFacts, ContentFacts] = [
    { size: a.size, sha256: sha256[0], blocks: [] },
    { size: b.size, sha256: sha256[1], blocks: [] },
  ];
  const { facts, cut: viewsCut } = await captureViews(a, b, root, limits, deltas, decoded);
  const findings = [...mergeFindings(sideA.findings, sideB.findings, deltas), ...executableFindings(deltas)];
  const readingCut = [...sideA.cut, ...sideB.cut];
  const unread = readingCut.some(couldHide);
  const { passes, passOf } = applyPasses(facts, findings, allowedPasses);
  const { causes, causeOf } = explainDeltas(facts, passOf);
  const oneSided = findings.some(({ side, severity }) => side !== 'both' && severity !== 'info');
  const covered = deltas.every((delta) => passOf.has(delta));
  const unsigned = unread ? undefined : withoutSignatures(facts, passOf, findings);
  const { differences, cut: listCut } = reportDifferences(facts, passOf, causeOf, options);
  const cuts = new Cuts();
  for (const each of [readingCut, renamesCut, viewsCut, listCut]) cuts.addAll(each);
  if (findings.length > findingsMax)
    cuts.add('unlisted', `${findingsMax} of ${findings.length} findings are listed`);
  return {
    schemaVersion: 1,
    // What was cut could hide anything, so only what was read to the end can be equivalent.
    result: covered && !oneSided && !unread ? 'equivalent' : 'different',
    ...refs,
    differences,
    differencesTotal: deltas.length,
    findings: findings.slice(0, findingsMax),
    passes,
    causes,
    ...(unsigned === undefined ? {} : { withoutSignatures: unsigned }),
    cut: cuts.list(),
  };
}
