import { describe, expect, it } from 'vitest';
import { explainFailure } from '#workers/ecosystems/pypi/explain-failure.ts';

describe('explainFailure', () => {
  it('names the requirement for which pip found nothing', () => {
    const log = `Collecting hatchling>=1
ERROR: Could not find a version that satisfies the requirement python-sbom[hatch]>=0.1.2 (from versions: none)
ERROR: No matching distribution found for python-sbom[hatch]>=0.1.2
`;
    expect(explainFailure(log)).toMatchObject({
      requirement: 'python-sbom[hatch]>=0.1.2',
      detail: expect.stringContaining('python-sbom[hatch]>=0.1.2'),
    });
  });

  it('names what cannot be installed together', () => {
    const log =
      'ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.\n';
    expect(explainFailure(log)?.requirement).toBe('a==1 and b==2');
  });

  it('explains nothing that pip did not say', () => {
    expect(explainFailure('Traceback (most recent call last):\nOSError: disk\n')).toBeUndefined();
    expect(explainFailure(`ERROR: No matching distribution found for ${'x'.repeat(5000)}`)).toBeUndefined();
  });

  it('blames no registry for what the gateway could not fetch: that can be tried again', () => {
    const log = `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ResponseError('too many 503 error responses')': /simple/hatchling/
ERROR: No matching distribution found for hatchling
`;
    expect(explainFailure(log)).toBeUndefined();
  });
});
