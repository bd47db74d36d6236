import { isIPv6 } from 'node:net';

/**
 * Whom a request counts for: the peer's address, or, behind `hops` trusted proxies, the entry that the outermost of
 * them wrote to X-Forwarded-For. IPv6 counts by /64, the least that one user has.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
): string {
  const forwarded = hops === 0 ? undefined : forwardedFor?.split(',').at(-hops)?.trim().slice(0, 64);
  return networkOf(forwarded ?? peer ?? 'unknown');
}

function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
