import { AppError } from '#core/errors/app-error.ts';
import { parsePurl } from '#core/purl/purl.ts';
import { compareWithRebuild, type OurRebuild } from '#core/upstream/compare.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import { askUpstream, type Asked } from '#services/upstream/ask.ts';
import { registryCredentials } from '#services/upstream/oci/credentials.ts';
import { getAttachedBundles } from '#services/upstream/oci/get-bundles.ts';
import type { ImageReference } from '#services/upstream/oci/reference.ts';
import { RegistryClient } from '#services/upstream/oci/registry-client.ts';
import { answerBytesMax, readBundles } from '#services/upstream/shapes/read-bundles.ts';
import { verifyFound } from '#services/upstream/verify-found.ts';
import type { CliIo } from '../io.ts';
import {
  exitOfUpstream,
  upstreamJson,
  upstreamTable,
  type UpstreamReport,
} from '../reports/upstream-report.ts';
import type { UpstreamFlags } from '../upstream/flags.ts';
import { assertSameFile, rebuildOfBundle, rebuildOfService } from '../upstream/our-side.ts';
import { openPlaces, publisherOf } from '../upstream/places.ts';
import { readSubject } from '../upstream/subject.ts';
import { readBytes, readUpstreamTrust } from '../upstream/trust.ts';

export async function upstream(io: CliIo, what: string, flags: UpstreamFlags): Promise<void> {
  const report = await ask(io, what, flags);
  io.stdout.write(flags.format === 'json' ? upstreamJson(report) : upstreamTable(report));
  io.exitWith(exitOfUpstream(report));
}

async function ask(io: CliIo, what: string, flags: UpstreamFlags): Promise<UpstreamReport> {
  if (flags.rebuild !== undefined && flags.comparison !== undefined)
    throw new AppError('usage', 'Hold it against one thing: --rebuild or --comparison.');
  const subject = await readSubject(io, what, flags);
  const told = flags.rebuild === undefined ? undefined : await rebuildOfService(io, flags, flags.rebuild);
  const purl = subject.purl ?? (told?.purl === undefined || subject.image ? undefined : parsePurl(told.purl));
  const publisher = publisherOf(purl);
  const trust = await readUpstreamTrust(io, flags, publisher);
  const given = await readGiven(io, flags.bundle);
  const places = await openPlaces(io, flags, publisher);
  try {
    const file = flags.file ?? told?.file;
    const word = await askUpstream(
      places,
      {
        ...(purl && { purl }),
        ...(file !== undefined && { file }),
        ...(subject.artifact && { artifact: subject.artifact }),
      },
      io.signal,
    );
    const attached = subject.image ? await attachedTo(io, subject.image) : { found: [], asked: [] };
    const ours =
      flags.comparison === undefined
        ? told?.ours
        : await rebuildOfBundle(io, flags.comparison, word.artifact.digest, trust);
    const digest = ours ? assertSameFile(word.artifact.digest, ours) : word.artifact.digest;
    const statements = verifyFound([...given, ...word.found, ...attached.found], digest, trust);
    return {
      artifact: { name: word.artifact.name, digest },
      digestFrom: subject.artifact ? 'taken here' : ours ? 'of the rebuild' : 'as the registry says',
      asked: [...word.asked, ...attached.asked],
      ...(ours && { ours }),
      statements: statements.map((statement) => ({ statement, comparisons: compared(statement, ours) })),
    };
  } finally {
    await places.close();
  }
}

/** Only what is verified is held against anything. */
function compared(
  statement: ReturnType<typeof verifyFound>[number],
  ours: OurRebuild | undefined,
): ReturnType<typeof compareWithRebuild> {
  return statement.standing === 'verified'
    ? compareWithRebuild(statement.claims, statement.signer, ours)
    : [];
}

async function readGiven(io: CliIo, paths: readonly string[]): Promise<FoundBundle[]> {
  const found: FoundBundle[] = [];
  for (const path of paths) found.push(...readBundles(await readBytes(io.cwd, path, answerBytesMax), path));
  return found;
}

async function attachedTo(
  io: CliIo,
  image: ImageReference,
): Promise<{ found: readonly FoundBundle[]; asked: Asked[] }> {
  const client = new RegistryClient(image, await registryCredentials(image.registry, io.env), io.signal);
  try {
    const found = await getAttachedBundles(client, image);
    return { found, asked: [{ place: image.text, answer: found.length > 0 ? 'found' : 'nothing' }] };
  } finally {
    await client.close();
  }
}
