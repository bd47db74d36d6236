import fc from 'fast-check';

/**
 * Where property tests begin. At hand each run searches anew; in CI the same commit gets the same cases, so that a change
 * is judged by what it changed. What a search finds becomes a test of its own. `ASSAY_PROPERTY_SEED` picks a seed.
 */
const seed = process.env['ASSAY_PROPERTY_SEED'] ?? (process.env['CI'] === undefined ? undefined : '20261123');

if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
