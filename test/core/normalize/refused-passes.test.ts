import { describe, expect, it } from 'vitest';
import { passes } from '#core/normalize/passes.ts';
import { buildTar } from '../archive/build-tar.ts';
import { buildZip } from '../archive/build-zip.ts';
import { setAside } from './set-aside.ts';

const tar = (uid: number, mtime: number) => buildTar([{ name: 'a', data: 'x', uid, mtime }]);
const pair = [tar(0, 1), tar(1000, 2)] as const;

describe('a refused pass', () => {
  it('sets nothing aside, while the others do', async () => {
    expect((await setAside(...pair)).result).toBe('equivalent');
    expect(await setAside(...pair, { refusedPasses: ['tar-owner'] })).toEqual({
      result: 'different',
      uses: ['tar-times: mtime, 24 bytes'],
      left: ['a uid'],
    });
  });

  it('can be every one', async () => {
    const { result, uses, left } = await setAside(...pair, { refusedPasses: ['all'] });
    expect({ result, uses, left }).toEqual({ result: 'different', uses: [], left: ['a mtime', 'a uid'] });
  });

  it('has to be one that there is: any other name is an error that names them all', async () => {
    const refused = setAside(...pair, { refusedPasses: ['tar-ownr', 'tar-times'] });
    await expect(refused).rejects.toMatchObject({
      code: 'usage',
      message: 'No pass is called tar-ownr.',
      hint: expect.stringContaining(passes.map(({ id }) => id).join(', ')) as unknown,
    });
  });

  it('is an error also where the files are identical', async () => {
    await expect(setAside(pair[0], pair[0], { refusedPasses: ['nothing'] })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('a member with a finding that one side alone has', () => {
  it('has nothing set aside, while other members have', async () => {
    const zip = (mode: number, time: number) =>
      buildZip([
        { name: 'a', data: 'x', mode, time },
        { name: 'b', data: 'y', time },
      ]);
    expect(await setAside(zip(0o100644, 0x1111), zip(0o104644, 0x2222))).toEqual({
      result: 'different',
      uses: ['zip-times: mtime, 16 bytes'],
      left: ['a mode', 'a mtime'],
    });
  });
});
