import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** Public by their number, but reachable only inside a cloud: Azure's wire server. */
const internal = ['168.63.129.16'];
/** Everything that is global unicast; what else there is embeds IPv4 addresses, or is local. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Which addresses outgoing calls may reach: public ones, and what EGRESS_ALLOW names: addresses, networks (`10.1.0.0/16`),
 * host names (`localhost`) and host names with all below them (`*.example.internal`), separated by commas.
 * Throws when an entry is none of these.
 */
export class EgressPolicy {
  private readonly networks: Network[] = [];
  private readonly hosts = new Set<string>();
  private readonly domains: string[] = [];

  constructor(allow: string | undefined) {
    for (const entry of (allow ?? '').split(',').map((each) => each.trim().toLowerCase())) {
      if (entry !== '') this.add(entry);
    }
  }

  /** `host` is the name that was asked for, where the address was found by name. */
  allows(address: string, host?: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    if (host !== undefined && this.allowsHost(host)) return true;
    const parsed = ipaddr.process(address);
    if (this.networks.some((network) => parsed.kind() === network[0].kind() && parsed.match(network))) return true;
    return isPublic(parsed);
  }

  private allowsHost(name: string): boolean {
    const host = name.toLowerCase().replace(/\.$/, '');
    return this.hosts.has(host) || this.domains.some((domain) => host.endsWith(domain));
  }

  private add(entry: string): void {
    const [address = '', bits] = entry.split('/');
    if (ipaddr.isValid(address) && (address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address))) {
      this.networks.push(networkOf(entry, address, bits));
    } else if (/^\*(\.[a-z0-9_-]+)+$/.test(entry)) {
      this.domains.push(entry.slice(1));
    } else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry)) {
      this.hosts.add(entry);
    } else {
      throw new Error(`EGRESS_ALLOW: '${entry}' is no address, network or host name`);
    }
  }
}

function networkOf(entry: string, address: string, bits: string | undefined): Network {
  try {
    if (bits !== undefined) return ipaddr.parseCIDR(entry);
    const parsed = ipaddr.process(address);
    return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw new Error(`EGRESS_ALLOW: '${entry}' is no network`, { cause });
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || internal.includes(address.toString())) return false;
  return address.kind() === 'ipv4' || address.match(globalUnicast);
}
