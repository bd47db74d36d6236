import { describe, expect, test } from 'vitest';
import { limited, missing, ok } from '#cli/doctor/check.ts';
import { permittedLevel } from '#cli/doctor/permitted-level.ts';

const good = [ok('node', 'v24'), ok('namespaces', 'can be made')];

describe('the level that a host permits', () => {
  test('is 3 where processes can have users of their own and builds need no engine', () => {
    expect(permittedLevel(good, true).level).toBe('SLSA_BUILD_LEVEL_3');
  });

  test('is 2 where all run as one user, and says what is needed for 3', () => {
    expect(permittedLevel(good, false)).toMatchObject({
      level: 'SLSA_BUILD_LEVEL_2',
      words: expect.stringContaining('a user for each') as string,
    });
  });

  test('is 2 where only a container engine can run builds', () => {
    const checks = [ok('node', 'v24'), limited('namespaces', 'none', 'allow them')];
    expect(permittedLevel(checks, true).level).toBe('SLSA_BUILD_LEVEL_2');
  });

  test('is 0 where nothing can be rebuilt', () => {
    expect(permittedLevel([...good, missing('socat', 'absent', 'install it')], true).level).toBe(
      'SLSA_BUILD_LEVEL_0',
    );
  });
});
