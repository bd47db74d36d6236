import { describe, expect, it } from 'vitest';
import { causeOf, compareAs, Workshop } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** Random values as mktemp, python3, od and openssl make them. */

const work = new Workshop();
const python = (code: string, env: Record<string, string> = {}) => work.run('python3', ['-c', code], { env });
const sh = (code: string) => work.run('sh', ['-c', code]);

describe('random-value', () => {
  it.each([
    ['a UUID', () => python('import uuid; print("id:", uuid.uuid4())')],
    ['a UUID of the time', () => python('import uuid; print("id:", uuid.uuid1())')],
    ['a name by mktemp', () => sh('echo "made $(mktemp -u)/x"')],
    ['a name by tempfile', () => python('import tempfile; print("in", tempfile.mktemp() + "/out")')],
    ['a nonce in base64', () => python('import secrets; print("nonce:", secrets.token_urlsafe(12) + "7")')],
    ['a seed', () => sh('echo "seed=$(od -An -N4 -tu4 /dev/urandom | tr -d " ")"')],
  ])('is likely for %s', async (_name, make) => {
    const compared = await compareAs('f.txt', make(), make());
    expect(causeOf(compared, 'random-value')).toMatchObject({ confidence: 'likely' });
    expect(compared.differences[0]?.cause).toBe('random-value');
  });

  it.each([
    ['bytes by od', () => sh('head -c 16 /dev/urandom | od -An -tx1')],
    ['hexadecimal by openssl', () => sh('echo "x $(openssl rand -hex 8)a1"')],
    ['base64 by openssl', () => sh('echo "x aB1cD2$(openssl rand -base64 33 | tr -d "/+=\n")"')],
  ])('is possible for what could be a digest: %s', async (_name, make) => {
    expect(causeOf(await compareAs('f.txt', make(), make()), 'random-value')?.confidence).toBe('possible');
  });

  it('is not claimed for digests, integrity, words, camel case and addresses', async () => {
    const digest = (text: string) => sh(`printf %s ${text} | sha256sum | cut -d' ' -f1`).toString().trim();
    expect(await causeIds(`sum ${digest('a')}`, `sum ${digest('b')}`)).not.toContain('random-value');
    const md5 = (text: string) => sh(`printf %s ${text} | md5sum | cut -d' ' -f1`);
    expect(await causeIds(md5('a'), md5('b'))).not.toContain('random-value');
    expect(await causeIds('readTheWholeFileNow', 'writeTheWholeFileNow')).not.toContain('random-value');
    expect(await causeIds('/tmp/output/a.txt', '/tmp/output/b.txt')).not.toContain('random-value');
    expect(await causeIds('commonplace-names', 'commonplace-words')).not.toContain('random-value');
  });

  it('goes with uuid5, with a fixed seed and with fixed names', () => {
    const fixed = () => python('import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, "pkg"))');
    expect(fixed().equals(fixed())).toBe(true);
    const seeded = () => python('import random; random.seed(1); print("nonce:", random.getrandbits(64))');
    expect(seeded().equals(seeded())).toBe(true);
  });
});
