import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress } from '#services/api/client-address.ts';

describe('clientAddress', () => {
  it('counts IPv4 by address, also where it comes mapped into IPv6', () => {
    expect(clientAddress('192.0.2.1', undefined, 0)).toBe('192.0.2.1');
    expect(clientAddress('::ffff:192.0.2.1', undefined, 0)).toBe('192.0.2.1');
  });

  it('counts IPv6 by /64, however it is written', () => {
    for (const address of ['2001:db8:1:2::1', '2001:0db8:0001:0002:a:b:c:d', '2001:DB8:1:2:ffff::%eth0'])
      expect(clientAddress(address, undefined, 0)).toBe('2001:db8:1:2::/64');
    expect(clientAddress('::1', undefined, 0)).toBe('0:0:0:0::/64');
  });

  it('takes the entry that the outermost trusted proxy wrote; without one, the peer', () => {
    expect(clientAddress('10.0.0.1', 'evil, 192.0.2.1', 1)).toBe('192.0.2.1');
    expect(clientAddress('10.0.0.1', 'evil, 192.0.2.1, 10.0.0.2', 2)).toBe('192.0.2.1');
    expect(clientAddress('10.0.0.1', '192.0.2.1', 0)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', '192.0.2.1', 2)).toBe('10.0.0.1');
    expect(clientAddress(undefined, undefined, 1)).toBe('unknown');
  });

  it('gives a short key for anything', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.nat({ max: 3 }), (text, hops) => {
        expect(clientAddress('192.0.2.1', text, hops).length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
