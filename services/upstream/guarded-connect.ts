import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { AppError } from '#core/errors/app-error.ts';
import { isPrivateAddress } from './private-address.ts';

/** Refuses a name that leads anywhere but to public addresses, at the very look-up whose answer is connected to. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error || !first) return done(error ?? notPublic(hostname), '', 0);
    if (addresses.some(({ address }) => isPrivateAddress(address))) return done(notPublic(hostname), '', 0);
    if (options.all) return done(null, addresses);
    done(null, first.address, first.family);
  });
};

function notPublic(hostname: string): AppError {
  return new AppError('upstream', `${hostname.slice(0, 253)} is no public host, and is not asked.`, {
    hint: 'An address of a private network is followed only where it is configured, never where an answer leads.',
  });
}

/**
 * A dispatcher that connects to public addresses alone, for URLs that an answer named: what is within this network is not
 * reached through us (SSRF), whatever a name resolves to and when.
 */
export function publicAgent(options: Omit<Agent.Options, 'connect'> = {}, ca?: string): Agent {
  const connect = buildConnector({ timeout: 30_000, lookup: publicLookup, ...(ca !== undefined && { ca }) });
  return new Agent({
    ...options,
    connect: (target, done) => {
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      // An address needs no look-up, so none would refuse it.
      if (isIP(literal) !== 0 && isPrivateAddress(literal)) return done(notPublic(literal), null);
      connect(target, done);
    },
  });
}
