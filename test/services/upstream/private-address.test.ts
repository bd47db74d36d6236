import { expect, test } from 'vitest';
import { isPrivateAddress } from '#services/upstream/private-address.ts';
import { publicAgent } from '#services/upstream/guarded-connect.ts';
import { serve } from '#test/harness/upstream/serve.ts';
import { request } from 'undici';

const notPublic = `
  127.0.0.1 127.255.255.254 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1
  169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255 192.0.0.8
  198.18.0.1 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 [::1]
  fc00::1 fd12::1 fe80::1%eth0 fec0::1 ff02::1 64:ff9b::a00:1
  2002:7f00:1:: 2001:db8::1 ::127.0.0.1 localhost
`;

test.each(['', ...notPublic.trim().split(/\s+/)])('%s is not public', (address) =>
  expect(isPrivateAddress(address)).toBe(true),
);

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
])('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false));

test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
  'the agent for what answers name never reaches this machine by %s',
  async (host) => {
    const server = await serve({ '/': { here: true } });
    const { port } = new URL(server.url);
    const dispatcher = publicAgent();
    try {
      await expect(request(`http://${host}:${port}/`, { dispatcher })).rejects.toThrow('is no public host');
    } finally {
      await dispatcher.destroy();
    }
    expect(server.asked).toEqual([]);
  },
);
