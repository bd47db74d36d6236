import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createKeyFile, keyFileSigner } from '#services/signing/key-file.ts';
import { scratchFolder } from '#test/harness/attesting/signed.ts';

async function keyPath(): Promise<string> {
  return join(await scratchFolder(), 'key.pem');
}

describe('createKeyFile', () => {
  test('makes a key that only its owner can read, and nothing else', async () => {
    const path = await keyPath();
    expect(await createKeyFile(path)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(path, '..'))).toEqual(['key.pem']);
  });

  test('leaves a key that is there as it is', async () => {
    const path = await keyPath();
    await createKeyFile(path);
    const before = await readFile(path, 'utf8');
    expect(await createKeyFile(path)).toBe(false);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test('of many that make it at once exactly one wins, and all then read the same key', async () => {
    const path = await keyPath();
    const made = await Promise.all(Array.from({ length: 8 }, () => createKeyFile(path)));
    expect(made.filter(Boolean)).toHaveLength(1);
    const hints = await Promise.all(Array.from({ length: 8 }, async () => (await keyFileSigner(path)).hint));
    expect(new Set(hints).size).toBe(1);
  });

  test('says so where the folder cannot be written', async () => {
    const path = join(await scratchFolder(), 'absent', 'key.pem');
    await expect(createKeyFile(path)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('keyFileSigner', () => {
  test('signs what its public key verifies', async () => {
    const path = await keyPath();
    await createKeyFile(path);
    const signer = await keyFileSigner(path);
    const message = Buffer.from('DSSEv1 …');
    const { signature } = await signer.sign(message);
    expect(verify('sha256', message, createPublicKey(signer.publicKeyPem), signature)).toBe(true);
    expect(verify('sha256', Buffer.from('DSSEv1 …!'), createPublicKey(signer.publicKeyPem), signature)).toBe(
      false,
    );
  });

  test.each(['640', '604', '620', '666'])('refuses a key of mode %s and says what to do', async (mode) => {
    const path = await keyPath();
    await createKeyFile(path);
    await chmod(path, Number.parseInt(mode, 8));
    await expect(keyFileSigner(path)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('read by others'),
      hint: expect.stringContaining(`chmod 600 ${path}`),
    });
  });

  test('names the variable when there is no key', async () => {
    await expect(keyFileSigner(await keyPath())).rejects.toMatchObject({
      code: 'missing-component',
      hint: expect.stringContaining('ASSAY_SIGNING_KEY_FILE'),
    });
  });

  test.each([
    ['an Ed25519 key', generateKeyPairSync('ed25519').privateKey],
    ['a key on P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['a key on secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
    ['a public key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
  ])('refuses %s', async (_, key) => {
    const path = await keyPath();
    const type = key.type === 'public' ? 'spki' : 'pkcs8';
    await writeFile(path, key.export({ type, format: 'pem' } as never) as string, { mode: 0o600 });
    await expect(keyFileSigner(path)).rejects.toMatchObject({ code: 'usage' });
  });

  test('refuses what is no key without repeating any of it', async () => {
    const path = await keyPath();
    await writeFile(path, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n', {
      mode: 0o600,
    });
    const error = await keyFileSigner(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'usage' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('c2VjcmV0');
  });

  test('refuses a folder and a fifo in place of the key, without waiting', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'folder'), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', join(folder, 'fifo')]);
    await symlink('fifo', join(folder, 'link'));
    for (const name of ['folder', 'fifo', 'link'])
      await expect(keyFileSigner(join(folder, name))).rejects.toMatchObject({ code: 'usage' });
  });
});
