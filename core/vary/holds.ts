import { setVariables, preload, stopClock } from './setting.ts';
import type { Hold } from './variation.ts';

/** Any moment will do, as long as it is one: 2023-11-14T22:13:20Z. */
export const fixedInstant = 1_700_000_000;

/** What differs between any two builds by itself, in the order in which it is held fixed. */
export const holds: readonly Hold[] = [
  {
    id: 'clock',
    title: 'the clock',
    how: 'it stands still at one moment (libfaketime)',
    remedy: 'Leave the time out, or take it from SOURCE_DATE_EPOCH when that is set.',
    causes: ['build-time-in-content', 'build-time-in-metadata', 'time-in-name'],
    changes: [{ kind: 'clock' }],
    needs: 'faketime',
    instead: 'time',
    apply: (setting, { faketime = '' }) => ({
      ...stopClock(setting, faketime, fixedInstant),
      isClockHeld: true,
    }),
  },
  {
    id: 'hash-seed',
    title: 'the seeds of hash tables',
    how: 'PYTHONHASHSEED=0, PERL_HASH_SEED=0',
    remedy: 'Sort what is written: sorted(…) in Python, sort keys in Perl.',
    causes: ['hash-order'],
    changes: [
      { kind: 'variable', name: 'PYTHONHASHSEED', value: '0' },
      { kind: 'variable', name: 'PERL_HASH_SEED', value: '0' },
    ],
    apply: (setting) =>
      setVariables(setting, { PYTHONHASHSEED: '0', PERL_HASH_SEED: '0', PERL_PERTURB_KEYS: '0' }),
  },
  {
    id: 'randomness',
    title: 'random numbers',
    how: 'the kernel gives the same ones each time (/dev/urandom, getrandom, random/uuid)',
    remedy:
      'Derive it from the input instead (uuid5, a hash of the content), or give the generator a fixed seed.',
    causes: ['random-value', 'random-name', 'hash-order', 'process-id'],
    needs: 'faketime',
    apply: (setting, { faketime = '' }) => ({
      ...preload(setting, faketime, 'FAKERANDOM_SEED=0x12345678DEADBEEF'),
      machine: { ...setting.machine, fixedRandomness: true },
    }),
  },
];
