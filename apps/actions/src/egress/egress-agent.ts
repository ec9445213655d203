import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { EgressPolicy } from './egress-policy.ts';

/** The address that a call leads to is not one it may reach. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
  readonly code = 'EGRESS_REFUSED';
  readonly host: string;

  constructor(host: string, address: string) {
    const where = host === address ? address : `${host} (${address})`;
    super(`calls to ${where} are refused: it is not a public address; name it in EGRESS_ALLOW if it is meant`);
    this.host = host;
  }
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * An HTTP agent that checks the address of every connection when it is made, and connects to exactly that address: a name
 * that resolves differently the next time, or a redirect, gains nothing.
 */
export function egressAgent(policy: EgressPolicy): Agent {
  const connect = buildConnector({
    timeout: 10_000,
    lookup: (hostname: string, options: LookupOptions, callback: LookupCallback) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, []);
          return;
        }
        const allowed = addresses.filter(({ address }) => policy.allows(address, hostname));
        const [first] = allowed;
        if (!first) callback(new EgressRefused(hostname, addresses.map(({ address }) => address).join(', ')), []);
        else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    },
  });
  return new Agent({
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      // Names go through the lookup; an address is never looked up.
      if (isIP(host) !== 0 && !policy.allows(host)) callback(new EgressRefused(host, host), null);
      else connect(options, callback);
    },
    keepAliveTimeout: 10_000,
    maxHeaderSize: 64 * 1024,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
