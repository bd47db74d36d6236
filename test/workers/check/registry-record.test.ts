import { describe, expect, it } from 'vitest';
import { inputsOf } from '#workers/check/inputs-of.ts';
import { RegistryRecord } from '#workers/check/registry-record.ts';
import { servedOf } from './served.ts';

const json = 'application/vnd.pypi.simple.v1+json';

describe('the record of a registry', () => {
  it('answers every later build as it answered the first, whatever the registry says meanwhile', () => {
    const record = new RegistryRecord();
    record.add(1, servedOf('/simple/thing/', 'one', { kind: 'index', contentType: json }));
    record.add(2, servedOf('/simple/thing/', 'two', { kind: 'index', contentType: json }));
    expect(record.answer(3, '/simple/thing/', json)).toMatchObject({
      size: 3,
      sha256: servedOf('', 'one').sha256,
    });
  });

  it('keeps the two forms of an index apart, and gives a file whatever is accepted', () => {
    const record = new RegistryRecord();
    record.add(1, servedOf('/simple/thing/', '{}', { kind: 'index', contentType: json }));
    expect(record.answer(2, '/simple/thing/', 'text/html')).toBeUndefined();
    record.add(2, servedOf('/simple/thing/', '<html>', { kind: 'index', contentType: 'text/html' }));
    expect(record.answer(3, '/simple/thing/', 'text/html')?.contentType).toBe('text/html');
    expect(record.answer(3, '/simple/thing/', json)?.contentType).toBe(json);
    record.add(1, servedOf('/files/thing/a', 'a'));
    for (const accept of [undefined, '*/*', json])
      expect(record.answer(2, '/files/thing/a', accept)?.sha256).toBe(servedOf('', 'a').sha256);
  });

  it('lets what is refused or missing stand, and never that the registry could not be asked', () => {
    const record = new RegistryRecord();
    record.add(1, servedOf('/files/thing/refused', 'no', { kind: 'refused', status: 403 }));
    record.add(1, servedOf('/simple/none/', 'none', { kind: 'missing', status: 404 }));
    record.add(1, servedOf('/simple/thing/', 'down', { kind: 'missing', status: 503 }));
    expect(record.answer(2, '/files/thing/refused', undefined)?.status).toBe(403);
    expect(record.answer(2, '/simple/none/', json)?.status).toBe(404);
    expect(record.answer(2, '/simple/thing/', json)).toBeUndefined();
  });

  it('knows of a build what the registry failed to answer, until asking again brings an answer', () => {
    const record = new RegistryRecord();
    const down = servedOf('/simple/thing/', 'down', { kind: 'missing', status: 503 });
    record.add(1, down);
    expect(record.failure(1)).toEqual(down);
    expect(record.failure(2)).toBeUndefined();
    record.add(1, servedOf('/files/other.whl', 'other'));
    expect(record.failure(1), 'an answer to something else').toEqual(down);
    record.add(2, servedOf('/simple/thing/', 'up', { kind: 'index' }));
    record.answer(1, '/simple/thing/', undefined);
    expect(record.failure(1), 'answered with what another build was told').toBeUndefined();
    record.add(2, down);
    record.add(2, servedOf('/simple/thing/', 'up', { kind: 'index' }));
    expect(record.failure(2)).toBeUndefined();
  });
});

describe('the inputs of a check', () => {
  const record = new RegistryRecord();
  record.add(1, servedOf('/simple/thing/', 'index', { kind: 'index' }));
  record.add(1, servedOf('/files/thing/both.whl', 'both'));
  record.answer(2, '/files/thing/both.whl', undefined);
  record.add(2, servedOf('/files/thing/second.whl', 'second'));
  record.add(3, servedOf('/files/thing/failed.whl', 'failed'));
  const ended = new Map([
    [1, 'building by the recipe'],
    [2, 'building with everything varied'],
  ]);

  it('are the files that builds which ended well were given, each once', () => {
    expect(inputsOf(record.inputs(), ended)).toMatchObject([
      { project: 'thing', version: '1.0', file: 'both.whl', size: 4 },
      { file: 'second.whl' },
    ]);
  });

  it('name the builds that were given a file where not all were', () => {
    const [both, second] = inputsOf(record.inputs(), ended);
    expect(both?.only).toBeUndefined();
    expect(second?.only).toEqual(['building with everything varied']);
  });

  it('are told also where no build ended well, and then nothing is called drift', () => {
    const inputs = inputsOf(record.inputs(), new Map());
    expect(inputs.map(({ file }) => file)).toEqual(['both.whl', 'second.whl', 'failed.whl']);
    expect(inputs.every(({ only }) => only === undefined)).toBe(true);
  });
});
