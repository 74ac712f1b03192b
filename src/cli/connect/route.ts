import { isIP } from 'node:net';
import type { DialRoute, TlsMaterial } from '../../live/client/dial.js';
import type { Proxy } from '../../live/client/proxy.js';
import { isExempt, type HostPort, type Redirected, type Resolved } from '../../live/client/route.js';
import type { ReachOptions } from '../options/connect-options.js';
import { zoneOf, type Target } from './url.js';
import { checkSocketPath } from '../host/addresses.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { shownUrl } from '../options/passwords.js';
import { keyLogOf } from '../host/key-log-file.js';
import { caOf, pairOf } from '../host/tls-files.js';

/** The route to a target, by the options and the environment. */
export async function routeOf(io: Io, target: Target, options: ReachOptions): Promise<DialRoute> {
  const place = placeOf(target);
  const unixSocket = options.unixSocket ?? target.unixSocket;
  if (unixSocket !== undefined) checkSocketPath(unixSocket);
  const proxy = unixSocket === undefined ? proxyOf(io, place, target.secure, options.proxy) : undefined;
  const material = await materialOf(io, options);
  const keylog = target.secure ? keyLogOf(io, options.keylog) : undefined;
  return {
    place,
    ...(unixSocket !== undefined && { unixSocket }),
    ...(proxy && { proxy }),
    resolve: (options.resolve ?? []).map(resolveRule),
    connectTo: (options.connectTo ?? []).map(connectRule),
    ...(target.secure && { tls: { ...material, ...(keylog && { keylog }) } }),
  };
}

function placeOf({ url, secure, zone }: Target): HostPort {
  const { hostname, port } = url;
  return { host: zoned(hostname, zone), port: port === '' ? (secure ? 443 : 80) : Number(port) };
}

function zoned(hostname: string, zone: string | undefined): string {
  return unbracketed(hostname) + (zone === undefined ? '' : `%${zone}`);
}

function unbracketed(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  // A zone is written after %25 in URLs (RFC 6874 §2), after % elsewhere.
  const [address = '', zone = ''] = bare.split('%25', 2);
  return isIP(address) === 6 && zone !== '' ? `${address}%${zone}` : bare;
}

async function materialOf(io: Io, options: ReachOptions): Promise<TlsMaterial> {
  const { cacert = options.ca } = options;
  return {
    ...(cacert !== undefined && { ca: await caOf(io, '--cacert', cacert) }),
    ...(await pairOf(io, options)),
    ...((options.insecure || !options.check) && { insecure: true as const }),
  };
}

const PROXY_PORT = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 } as const;

/** `--proxy`, or else the proxy of the environment for this scheme. */
function proxyOf(io: Io, place: HostPort, secure: boolean, option: string | undefined): Proxy | undefined {
  if (option !== undefined) return option === '' ? undefined : parseProxy(option, '--proxy');
  const { env } = io;
  if (isExempt(place, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const names = secure
    ? ['wss_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
    : // HTTP_PROXY is left out, as curl does: a CGI's caller can set it (a header named Proxy).
      ['ws_proxy', 'http_proxy', 'all_proxy', 'ALL_PROXY'];
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? undefined : { ...parseProxy(env[name]!, name), variable: name };
}

function parseProxy(text: string, source: string): Proxy {
  const [, scheme] = /^([a-z0-9]+):\/\//i.exec(text) ?? [];
  const wrong = (): UsageError =>
    new UsageError(`${source}: ${shownUrl(text)}: a proxy is http://, https://, socks5:// or socks5h://HOST:PORT`);
  const [plain, zone] = zoneOf(scheme === undefined ? `http://${text}` : text);
  let url: URL;
  try {
    // URL has no default port for a scheme that it does not know, which is what is wanted here.
    url = new URL(plain);
  } catch {
    throw wrong();
  }
  const { protocol, hostname, port, username, password } = url;
  if (!(protocol in PROXY_PORT) || hostname === '') throw wrong();
  let user: string, secret: string;
  try {
    [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  } catch {
    throw new UsageError(`${source}: ${shownUrl(text)}: a % in user or password is written %25`);
  }
  return {
    kind: protocol.slice(0, -1) as Proxy['kind'],
    host: zoned(hostname, zone),
    port: port === '' ? PROXY_PORT[protocol as keyof typeof PROXY_PORT] : Number(port),
    ...((user !== '' || secret !== '') && { user, password: secret }),
  };
}

const PART = String.raw`(\[[^\]]*\]|[^:]*)`;
const RESOLVE = new RegExp(String.raw`^\+?${PART}:(\d+):(.+)$`);
const CONNECT = new RegExp(String.raw`^${PART}:(\d*):${PART}:(\d*)$`);

/** What no host has in it: what would end a line of the request to a proxy, among others. */
const UNFIT = /[\0-\x20\x7f-\xa0/?#@\\]/;

function resolveRule(text: string): Resolved {
  const [, host = '', port, list = ''] = RESOLVE.exec(text) ?? [];
  const addresses = list.split(',').map((address) => unbracketed(address.trim()));
  if (host === '' || addresses.some((address) => isIP(address) === 0)) {
    throw new UsageError(`--resolve ${text}: it has to be HOST:PORT:ADDRESS[,ADDRESS…]`);
  }
  return { host: unbracketed(host), port: Number(port), addresses };
}

function connectRule(text: string): Redirected {
  const match = CONNECT.exec(text);
  if (!match) throw new UsageError(`--connect-to ${text}: it has to be HOST1:PORT1:HOST2:PORT2, each may be empty`);
  const [, fromHost = '', fromPort = '', toHost = '', toPort = ''] = match;
  if (UNFIT.test(fromHost + toHost)) {
    throw new UsageError(`--connect-to ${text}: a host has no blanks, no control characters and none of / ? # @ \\`);
  }
  if (Number(fromPort) > 65535 || Number(toPort) > 65535) {
    throw new UsageError(`--connect-to ${text}: a port is a number up to 65535`);
  }
  const end = (host: string, port: string): Redirected['from'] => ({
    host: unbracketed(host),
    ...(port !== '' && { port: Number(port) }),
  });
  return { from: end(fromHost, fromPort), to: end(toHost, toPort) };
}
