import { expect, test } from 'vitest';
import { encodeStatement } from '#core/statement/encode.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { statementBytesMax } from '#schemas/statement.ts';
import {
  artifact,
  builder,
  otherBytes,
  outputOf,
  ran,
  recipe,
  reproduced,
} from '#test/harness/samples/attest-input.ts';

const input = { ...reproduced, artifact, recipe, output: outputOf(otherBytes), ran };
const statement = provenanceStatement(input, builder);

test('the subject is what was built, not what was published', () => {
  expect(statement.subject).toEqual([
    { name: 'idna-3.20-py3-none-any.whl', digest: outputOf(otherBytes).digest },
  ]);
  expect(outputOf(otherBytes).digest).not.toEqual(artifact.digest);
});

test('externalParameters hold the whole recipe and what was asked for, and nothing else', () => {
  expect(statement.predicate.buildDefinition.externalParameters).toEqual({
    recipe,
    artifact: { purl: artifact.purl, file: artifact.file },
  });
});

test('source, root file system, each of its packages and all that the gateway served are dependencies with digests', () => {
  const dependencies = statement.predicate.buildDefinition.resolvedDependencies;
  expect(dependencies.map(({ name, uri, annotations }) => [annotations?.['kind'], name ?? uri])).toEqual([
    ['source', 'idna-3.20.tar.gz'],
    ['rootfs', 'rootfs.tar'],
    ['rootfs-package', 'libstdc++6'],
    ['rootfs-package', 'python3'],
    ['file', 'https://files.example/flit_core-3.12.0.whl'],
    ['index', 'https://files.example/simple/flit-core/'],
  ]);
  expect(dependencies[2]?.uri).toBe('pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64');
  expect(dependencies.map(({ digest }) => digest)).toEqual([
    recipe.source.digest,
    ran.rootfs.digest,
    ...ran.rootfs.packages.map(({ sha256 }) => ({ sha256 })),
    ...reproduced.served.map(({ sha256 }) => ({ sha256 })),
  ]);
});

test('what is no URI is told as a name, and stays a dependency with its digest', () => {
  const sha256 = artifact.digest.sha256;
  const served = ['simple/idna/', 'javascript:alert(1)', 'https://files.example/a b'].map((uri) => ({
    uri,
    sha256,
    kind: 'index',
  }));
  const made = provenanceStatement({ ...input, served }, builder);
  expect(made.predicate.buildDefinition.resolvedDependencies.slice(-3)).toEqual([
    { uri: 'https://files.example/a%20b', digest: { sha256 }, annotations: { kind: 'index' } },
    { uri: 'javascript:alert(1)', digest: { sha256 }, annotations: { kind: 'index' } },
    { name: 'simple/idna/', digest: { sha256 }, annotations: { kind: 'index' } },
  ]);
  expect(encodeStatement(made)).toMatchObject({ ok: true });
});

test('a package whose name purl cannot carry as it is stays a dependency with its digest alone', () => {
  const [first] = ran.rootfs.packages;
  if (first === undefined) throw new Error('the sample has no packages');
  const uris = [' ', ' bash', 'bash\u00a0', ''].map((name) => {
    const packages = [{ ...first, name }];
    const made = provenanceStatement(
      { ...input, ran: { ...ran, rootfs: { ...ran.rootfs, packages } } },
      builder,
    );
    expect(encodeStatement(made)).toMatchObject({ ok: true });
    const dependency = made.predicate.buildDefinition.resolvedDependencies[2];
    expect(dependency?.digest).toEqual({ sha256: first.sha256 });
    return dependency?.uri;
  });
  expect(uris).toEqual([undefined, undefined, undefined, undefined]);
});

test('half of a surrogate pair is refused, because readers disagree what it is', () => {
  const notes = ['a lone \ud800'];
  const made = provenanceStatement({ ...input, recipe: { ...recipe, notes } }, builder);
  expect(encodeStatement(made)).toEqual({ ok: false, fault: 'a text in it is not well-formed Unicode' });
  const spelt = provenanceStatement({ ...input, recipe: { ...recipe, notes: ['\\ud800 😀'] } }, builder);
  expect(encodeStatement(spelt)).toMatchObject({ ok: true });
});

test('what a build asked for twice is one dependency, and the order of its requests is no difference', () => {
  const again = provenanceStatement(
    { ...input, served: [...input.served, ...input.served].reverse() },
    builder,
  );
  expect(again).toEqual(statement);
});

test('times, the invocation with its nonce, the attempt, the sandbox and the digest of the log are told', () => {
  expect(statement.predicate.runDetails).toEqual({
    builder,
    metadata: {
      invocationId: `${reproduced.rebuildId}/n0nce`,
      startedOn: ran.startedOn,
      finishedOn: ran.finishedOn,
    },
    byproducts: [{ name: 'build.log', digest: ran.log?.digest, mediaType: 'text/plain; charset=utf-8' }],
  });
  expect(statement.predicate.buildDefinition.internalParameters).toEqual({
    attempt: 1,
    limits: recipe.limits,
    sandbox: ran.sandbox,
  });
});

test('a replay says of which record: what it was served came from there and from no network', () => {
  const replayOf = '11111111-2222-4333-8444-555555555555';
  const replayed = provenanceStatement({ ...input, replayOf }, builder);
  expect(replayed.predicate.buildDefinition.internalParameters.replayOf).toBe(replayOf);
  expect(encodeStatement(replayed)).toMatchObject({ ok: true });
  expect(statement.predicate.buildDefinition.internalParameters).not.toHaveProperty('replayOf');
});

test('it is signed as canonical JSON that matches its schema', () => {
  const encoded = encodeStatement(statement);
  expect(encoded.ok && JSON.parse(Buffer.from(encoded.bytes).toString())).toEqual(
    JSON.parse(JSON.stringify(statement)),
  );
});

test('a statement that does not match its schema is not encoded, and the member is named', () => {
  const wrong = provenanceStatement({ ...input, ran: { ...ran, startedOn: 'yesterday' } }, builder);
  const encoded = encodeStatement(wrong);
  expect(encoded).toMatchObject({
    ok: false,
    fault: expect.stringContaining('runDetails.metadata.startedOn'),
  });
});

test('a provenance too large to be complete is not encoded at all', () => {
  const served = Array.from({ length: 30_000 }, (_, n) => ({
    uri: `https://files.example/${n}`,
    sha256: artifact.digest.sha256,
    kind: 'file',
  }));
  const encoded = encodeStatement(provenanceStatement({ ...input, served }, builder));
  expect(encoded).toMatchObject({ ok: false, fault: expect.stringContaining(String(statementBytesMax)) });
});
