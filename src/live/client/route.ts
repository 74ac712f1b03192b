import { BlockList, isIP } from 'node:net';

/** The destination of a connection. An IPv6 address has no brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** An IPv6 address may have the zone that it is in, as in `fe80::1%eth0` (RFC 4007 §11). */
export function withoutZone(host: string): string {
  return isIP(host) === 6 ? host.replace(/%[^]*$/, '') : host;
}

/** `--resolve`: these addresses instead of those of the name service. Host `*` is any. */
export interface Resolved extends HostPort {
  readonly addresses: readonly string[];
}

/** `--connect-to`: another destination instead of this one; an empty part on the left matches anything, on the right it stays. */
export interface Redirected {
  readonly from: { readonly host: string; readonly port?: number };
  readonly to: { readonly host: string; readonly port?: number };
}

/** The destination to connect to where the URL names another: by the first rule that matches. */
export function redirected(place: HostPort, rules: readonly Redirected[]): HostPort {
  for (const { from, to } of rules) {
    const isHost = from.host === '' || same(from.host, place.host);
    if (!isHost || (from.port !== undefined && from.port !== place.port)) continue;
    return { host: to.host === '' ? place.host : to.host, port: to.port ?? place.port };
  }
  return place;
}

/** The addresses that were given for a destination; undefined: the name service is used. The last rule that matches counts, as in curl. */
export function resolved(place: HostPort, rules: readonly Resolved[]): readonly string[] | undefined {
  const rule = rules.findLast(({ host, port }) => (host === '*' || same(host, place.host)) && port === place.port);
  return rule?.addresses;
}

/** Names are compared without regard to case (RFC 4343 §3). */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether `NO_PROXY` names the host: suffixes of names, addresses, networks (`10.0.0.0/8`, as for curl), `*`; a port may follow. */
export function isExempt({ host: zoned, port: toPort }: HostPort, list: string): boolean {
  const host = withoutZone(zoned).toLowerCase();
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInNetwork(host, entry);
      const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|(.*?))(?::(\d+))?$/.exec(
        isIP(entry) ? `[${entry}]` : entry,
      )!;
      if (port !== undefined && Number(port) !== toPort) return false;
      const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '').toLowerCase();
      return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
    });
}

/** Whether an address is in a network of CIDR notation (RFC 4632 §3.1); a name is in none. */
function isInNetwork(host: string, network: string): boolean {
  const [, bracketed, plain, length = ''] = /^(?:\[([^\]]+)\]|([^/]+))\/(\d{1,3})$/.exec(network) ?? [];
  const address = bracketed ?? plain ?? '';
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version || Number(length) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(length), family);
  return list.check(host, family);
}
